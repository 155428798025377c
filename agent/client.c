/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "client.h"

#include "system/clock.h"
#include "daemon/rundir.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define LIFE_CHECK_MS 1000 /* between two looks at the lock: a killed daemon frees it and changes no file */

int client_open(const struct cmd_line *line, pid_t *daemon, int *code) {
    int dir = rundir_open(line->run_dir, false);
    int error = dir < 0 ? dir : rundir_holder(dir, daemon);

    if (error == 0 && *daemon > 0)
        return dir;
    if (dir >= 0)
        close(dir);
    if (error != 0 && error != -ENOENT) { /* an unreadable directory may have a daemon */
        *code = cmd_refused("see the daemon in", line->run_dir, -error);
        return -1;
    }
    fprintf(stderr, "usermount: not running\n");
    *code = EXIT_NOT_RUNNING;
    return -1;
}

uint32_t client_mounts(int dir) {
    struct rundir_daemon daemon;

    return rundir_read_daemon(dir, &daemon) ? daemon.mounts : 0;
}

bool client_all_up(int dir) {
    static struct status status;
    uint32_t mounts = client_mounts(dir);

    for (uint32_t i = 0; i < mounts; i++)
        if (!rundir_read_mount(dir, i, &status) || strcmp(status.state, "up") != 0)
            return false;
    return mounts > 0;
}

static void drain(int fd) {
    char events[4096];

    while (read(fd, events, sizeof events) > 0)
        ;
}

int client_wait(int dir, const char *run_dir, int64_t wait_ms) {
    int64_t end_ms = wait_ms < 0 ? INT64_MAX : clock_now().mono_ms + wait_ms;
    int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    int code = EXIT_NO;
    pid_t daemon;

    if (watch < 0 || inotify_add_watch(watch, run_dir, IN_MOVED_TO | IN_DELETE) < 0)
        return cmd_refused("watch", run_dir, errno);
    for (;;) {
        int64_t left_ms = end_ms - clock_now().mono_ms;
        struct pollfd pfd = {.fd = watch, .events = POLLIN};
        if (client_all_up(dir)) {
            code = EXIT_YES;
            break;
        }
        if (rundir_holder(dir, &daemon) == 0 && daemon == 0) {
            code = EXIT_NOT_RUNNING;
            break;
        }
        if (left_ms <= 0)
            break;
        poll(&pfd, 1, (int)(left_ms < LIFE_CHECK_MS ? left_ms : LIFE_CHECK_MS));
        drain(watch);
    }
    close(watch);
    return code;
}

void client_say(const struct status *status, struct text_out *out) {
    text_put_visible(out, status->target);
    if (strcmp(status->state, "up") == 0) {
        text_put(out, " is mounted from ");
        text_put_visible(out, status->source);
        return;
    }
    if (status->verdict.code == VERDICT_NONE) { /* the first attempt is under way */
        text_put(out, " is not mounted yet");
        return;
    }
    text_putf(out, " is %s (%s): ", strcmp(status->state, "waiting") == 0 ? "not mounted" : status->state,
              verdict_name(status->verdict.code));
    text_put_visible(out, status->verdict.cause);
    if (status->verdict.fix[0]) {
        text_put(out, "; ");
        text_put_visible(out, status->verdict.fix);
    }
}
