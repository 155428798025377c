/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "client.h"
#include "system/clock.h"
#include "cmd.h"
#include "daemon/daemon.h"
#include "system/log.h"
#include "daemon/rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_MS 5000 /* the limit for the daemon's begin, which takes a few milliseconds */

#define WAIT_OVER(until)                                                                                               \
    "event=wait-over cause=\"some mounts are not up; the boot and the attempts continue; a container that starts "     \
    "now finds an empty folder until " until

static struct settings settings;

static int say_disabled(void) {
    log_line(LOGLEVEL_INFO, "event=disabled cause=\"enable=no: the agent mounts nothing\"");
    printf("usermount: disabled by enable=no\n");
    return EXIT_YES;
}

/* Another daemon holds the lock. That is success if its settings are the same. */
static int already_running(int dir, pid_t pid) {
    struct rundir_daemon daemon;

    if (rundir_read_daemon(dir, &daemon) && daemon.fingerprint != config_fingerprint(&settings.config)) {
        fprintf(stderr, "usermount: unable to start: already running (pid %ld) with other settings: stop it first\n",
                (long)pid);
        return EXIT_NO;
    }
    printf("usermount: already running (pid %ld)\n", (long)pid);
    return EXIT_YES;
}

/* The daemon ended early, with `error`, a -errno. The usual cause is a second start at the same time. */
static int not_begun(const struct cmd_line *line, int dir, int error) {
    pid_t pid;

    if (rundir_holder(dir, &pid) == 0 && pid > 0)
        return already_running(dir, pid);
    return cmd_refused("run in", line->run_dir, -error);
}

/* Opens settings, log and run directory, for `start` and `run`. Returns the directory, or -1 and the exit code in
 * *code. */
static int open_all(const struct cmd_line *line, int *code) {
    settings_load(&settings, line->config, line->cmdline);
    log_open(line->log, (enum config_loglevel)settings.config.loglevel);
    if (!settings.config.enable) {
        *code = say_disabled();
        return -1;
    }
    int dir = rundir_open(line->run_dir, true);
    if (dir < 0)
        *code = cmd_refused("open", line->run_dir, -dir);
    return dir;
}

static void leave_terminal(void) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    setsid();
    if (chdir("/") != 0) { /* harmless: a mount that holds the working directory cannot be unmounted */
    }
    for (int fd = 0; fd < 3; fd++)
        dup2(null, fd);
    if (null > 2)
        close(null);
}

/* The daemon's half of the fork. Its exit code is an errno, for error_of() alone. */
static _Noreturn void become_daemon(const struct daemon_setup *setup) {
    leave_terminal();
    _exit(-daemon_run(setup));
}

/* The -errno with which the daemon ended; 0: unknown. */
static int error_of(pid_t daemon) {
    int status;

    return waitpid(daemon, &status, 0) == daemon && WIFEXITED(status) ? -WEXITSTATUS(status) : 0;
}

/* Waits for the byte `what` on the pipe. EXIT_YES; EXIT_NO: the time is over; EXIT_SYSTEM: the daemon ended. */
static int await(int fd, char what, int64_t end_ms) {
    for (;;) {
        int64_t left_ms = end_ms - clock_now().mono_ms;
        struct pollfd pfd = {.fd = fd, .events = POLLIN};
        char got;
        int n_ready = poll(&pfd, 1, left_ms > 0 ? (int)left_ms : 0);
        if (n_ready == 0 || (n_ready < 0 && left_ms <= 0))
            return EXIT_NO;
        if (n_ready < 0) /* a read without a byte would hang the boot */
            continue;
        ssize_t n = read(fd, &got, 1);
        if (n == 0)
            return EXIT_SYSTEM;
        if (n == 1 && got == what)
            return EXIT_YES;
    }
}

static void say_mounts(int dir, bool up) {
    static struct status status;
    char text[4096];

    for (uint32_t i = 0; i < settings.config.mount_count; i++) {
        struct text_out out = text_out(text, sizeof text);
        if (!rundir_read_mount(dir, i, &status))
            continue;
        client_say(&status, &out);
        fprintf(up ? stdout : stderr, "usermount: %s\n", text);
    }
}

static int await_mounts(int dir, int fd, int64_t began_ms) {
    int code = await(fd, 'u', began_ms + settings.config.wait_ms);

    if (code == EXIT_SYSTEM)
        return code;
    say_mounts(dir, code == EXIT_YES);
    if (code == EXIT_YES)
        return code;
    if (settings.config.wait_ms > 0)
        log_line(LOGLEVEL_WARN, settings.config.containers == CONTAINERS_HEAL ? WAIT_OVER("the mount is up\"")
                                                                              : WAIT_OVER("it is restarted\""));
    return settings.config.strict ? EXIT_NO : EXIT_YES;
}

int cmd_start(const struct cmd_line *line) {
    int64_t began_ms = clock_now().mono_ms;
    int code, ends[2];
    int dir = open_all(line, &code);
    pid_t pid;

    if (dir < 0)
        return code;
    int error = rundir_holder(dir, &pid);
    if (error != 0)
        return cmd_refused("run in", line->run_dir, -error);
    if (pid > 0)
        return already_running(dir, pid);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return cmd_refused("open", "a pipe", errno);
    fflush(NULL);
    pid = fork();
    if (pid < 0)
        return cmd_refused("start", "the daemon", errno);
    if (pid == 0) {
        const struct daemon_setup setup = {
            .settings = &settings, .run_dir = dir, .run_path = line->run_dir, .ready_fd = ends[1]};
        close(ends[0]);
        become_daemon(&setup);
    }
    close(ends[1]);
    code = await(ends[0], 's', began_ms + START_MS);
    if (code != EXIT_YES)
        return not_begun(line, dir, code == EXIT_SYSTEM ? error_of(pid) : -ETIMEDOUT);
    code = await_mounts(dir, ends[0], began_ms);
    return code == EXIT_SYSTEM ? cmd_refused("keep", "the daemon running", 0) : code;
}

int cmd_run(const struct cmd_line *line) {
    int code, dir = open_all(line, &code);

    if (dir < 0)
        return code;
    log_to_stderr();
    const struct daemon_setup setup = {
        .settings = &settings, .run_dir = dir, .run_path = line->run_dir, .ready_fd = -1};
    int error = daemon_run(&setup);
    return error == 0 ? EXIT_YES : not_begun(line, dir, error);
}
