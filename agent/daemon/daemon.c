/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "daemon.h"

#include "../system/clock.h"
#include "bound.h"
#include "edits.h"
#include "mounted.h"
#include "publish.h"
#include "world.h"
#include "../mount/knock.h"
#include "../system/log.h"
#include "../engine/logfmt.h"
#include "../system/mounttable.h"
#include "rundir.h"
#include "spread.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum {
    JUMP_MS = 2000,      /* if a clock jumps or a timer is late by more than this, the host slept */
    LOG_RETRY_MS = 5000, /* while kept lines wait for the disk */
    FAULT_MS = 20        /* the pause after a poll(2) that failed, or reported what could not be read */
};

/* Poll entries: signals, the mount table, the run directory, the knocks, and the streams of edits. */
enum { AT_SIGNALS, AT_MOUNTS, AT_RUN_DIR, AT_KNOCKS, POLLS = AT_KNOCKS + KNOCK_MAX + LINKS_POLLS };

static struct {
    const struct daemon_setup *setup;
    const struct config *config;
    struct engine engine;
    struct engine_world calls;
    struct daemon_world world;
    struct knock_table knocks;
    int signals;
    int mounts;
    int64_t slept_ms; /* clock_slept_ms() in the last turn */
    int64_t lead_ms;  /* the wall clock's lead over the monotonic one, then */
    bool told_up;
    bool log_waits;
    bool replaced; /* another daemon has the run directory */
} d;

static void ready(char what) {
    if (d.setup->ready_fd >= 0 && write(d.setup->ready_fd, &what, 1) != 1) { /* `start` has ended, which is fine */
    }
}

/* The descriptor takes every signal but those of job control: none ends the daemon. sigfillset() would leave out the
 * signals that the C library reserves, and anybody with the right can send these. */
static int open_signals(void) {
    static const int job_control[] = {SIGTSTP, SIGTTIN, SIGTTOU};
    sigset_t set;

    memset(&set, 0xff, sizeof set);
    for (size_t i = 0; i < sizeof job_control / sizeof job_control[0]; i++)
        sigdelset(&set, job_control[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void nudge_all(bool fresh) {
    struct engine_time now = clock_now();

    for (uint32_t i = 0; i < d.config->mount_count; i++)
        engine_nudge(&d.engine, i, fresh, now);
}

/* Ends the actors first: they hold the mounts. */
static void stop(void) {
    links_stop(&d.world.edits.links, clock_now().mono_ms);
    engine_stop(&d.engine, clock_now());
}

/* Acts on the signals and reaps. True: there was a signal. */
static bool read_signals(void) {
    struct signalfd_siginfo info;
    bool any = false;

    while (read(d.signals, &info, sizeof info) == sizeof info) {
        any = true;
        switch (info.ssi_signo) {
        case SIGTERM:
        case SIGINT:
            if (!d.engine.stopping)
                stop();
            break;
        case SIGUSR1:
            nudge_all(true);
            break;
        default:
            break; /* SIGCHLD: every turn reaps; other signals are ignored */
        }
    }
    daemon_world_reap(&d.world);
    return any;
}

/* After a late timer or a jump of a clock, the daemon missed some time, and looks at everything again. */
static void notice_sleep(int64_t due_ms) {
    struct engine_time now = clock_now();
    int64_t slept_ms = clock_slept_ms(), lead_ms = now.real_ms - now.mono_ms;
    int64_t late_ms = due_ms >= 0 ? now.mono_ms - due_ms : 0;
    int64_t jump_ms = lead_ms - d.lead_ms;
    bool woke = slept_ms - d.slept_ms > JUMP_MS || jump_ms > JUMP_MS || jump_ms < -JUMP_MS || late_ms > JUMP_MS;

    d.slept_ms = slept_ms;
    d.lead_ms = lead_ms;
    if (!woke)
        return;
    log_line(LOGLEVEL_DEBUG, "event=woke");
    nudge_all(true);
}

/* Knocks for the mounts that wait for a server that does not listen. */
static void knock(void) {
    knock_clear_wishes(&d.knocks);
    for (uint32_t i = 0; i < d.config->mount_count; i++) {
        const struct engine_mount *mount = &d.engine.mounts[i];
        const struct evidence *evidence = &mount->evidence;
        if (mount->state == FSM_WAITING && evidence->address[0] && evidence->steps[STEP_CONNECT_NFS].state != STEP_DONE)
            knock_want(&d.knocks, evidence->address, evidence->nfs_port ? evidence->nfs_port : PROBE_NFS_PORT);
    }
    knock_round(&d.knocks, clock_now().mono_ms);
}

static void knock_answered(const struct knock *answer) {
    struct engine_time now = clock_now();

    for (uint32_t i = 0; i < d.config->mount_count; i++) {
        const struct engine_mount *mount = &d.engine.mounts[i];
        if (mount->state == FSM_WAITING && strcmp(mount->evidence.address, answer->address) == 0)
            engine_nudge(&d.engine, i, true, now);
    }
}

static int64_t next_due_ms(void) {
    int64_t due_ms = time_earlier(engine_due_ms(&d.engine), daemon_world_due_ms(&d.world));

    if (d.knocks.count > 0)
        due_ms = time_earlier(due_ms, d.knocks.due_ms);
    due_ms = time_earlier(due_ms, links_due_ms(&d.world.edits.links));
    if (d.log_waits)
        due_ms = time_earlier(due_ms, clock_now().mono_ms + LOG_RETRY_MS);
    return due_ms;
}

static void mounts_changed(void) {
    daemon_look_changed(&d.world);
    daemon_bound_changed(&d.world);
}

static void turn(void) {
    struct pollfd fds[POLLS] = {
        [AT_SIGNALS] = {.fd = d.signals, .events = POLLIN},
        [AT_MOUNTS] = {.fd = d.mounts, .events = POLLPRI},
        [AT_RUN_DIR] = {.fd = d.world.run_watch, .events = POLLIN},
    };
    uint32_t knocks = knock_poll(&d.knocks, fds + AT_KNOCKS);
    uint32_t end = AT_KNOCKS + knocks + links_poll(&d.world.edits.links, fds + AT_KNOCKS + knocks);
    int64_t due_ms = next_due_ms(), pause_ms = due_ms < 0 ? -1 : due_ms - clock_now().mono_ms;

    pause_ms = due_ms >= 0 && pause_ms < 0 ? 0 : pause_ms;
    int n = poll(fds, end, (int)pause_ms);
    notice_sleep(n == 0 ? due_ms : -1);
    d.replaced = !daemon_keep_run_dir(&d.world, n > 0 && fds[AT_RUN_DIR].revents);
    if (n > 0 && fds[AT_MOUNTS].revents)
        mounts_changed();
    if (!read_signals() && (n < 0 || (n == 1 && (fds[AT_SIGNALS].revents || fds[AT_RUN_DIR].revents))))
        nanosleep(&(struct timespec){.tv_nsec = FAULT_MS * 1000000L}, NULL);
    for (uint32_t i = 0; n > 0 && i < knocks; i++) {
        const struct knock *answer = knock_answer(&d.knocks, &fds[AT_KNOCKS + i]);
        if (answer)
            knock_answered(answer);
    }
    for (uint32_t i = AT_KNOCKS + knocks; n > 0 && i < end; i++)
        links_ready(&d.world.edits.links, &fds[i], clock_now().mono_ms);
    daemon_world_expire(&d.world);
    engine_tick(&d.engine, clock_now());
    daemon_edits_turn(&d.world);
    daemon_bound_turn(&d.world);
    knock();
    d.log_waits = !log_flush();
    bool up = engine_all_up(&d.engine);
    if (up && !d.told_up)
        ready('u');
    d.told_up = up;
    daemon_spread_start(&d.world);
    daemon_world_sync(&d.world);
}

static void log_start(void) {
    char line[1024];
    struct text_out out = text_out(line, sizeof line);
    struct utsname system;

    logfmt_put(&out, "event", "start");
    logfmt_put(&out, "version", USERMOUNT_VERSION);
    if (uname(&system) == 0)
        logfmt_put(&out, "kernel", system.release);
    logfmt_put(&out, "image", access("/etc/usermount.pack", F_OK) == 0 ? "packed" : "none");
    logfmt_put(&out, "config", d.setup->settings->file_error ? "none" : d.setup->settings->file);
    logfmt_put_u64(&out, "mounts", d.config->mount_count);
    log_line(LOGLEVEL_INFO, line);
}

static void log_faults(void) {
    const struct settings *settings = d.setup->settings;
    char text[512], line[768];

    for (uint32_t i = 0; i < settings->fault_count && i < SETTINGS_FAULTS_MAX; i++) {
        struct text_out fault = text_out(text, sizeof text), out = text_out(line, sizeof line);
        config_fault_text(&settings->faults[i], &fault);
        logfmt_put(&out, "event", "bad-config");
        logfmt_put(&out, "cause", text);
        log_line(LOGLEVEL_WARN, line);
    }
}

/* Reads which mounts an earlier daemon of this boot made: stop unmounts them too. */
static void read_made(bool made[CONFIG_MOUNTS_MAX]) {
    static struct status old;
    struct rundir_daemon earlier;

    rundir_read_daemon(d.setup->run_dir, &earlier);
    for (uint32_t i = 0; i < earlier.mounts; i++) {
        if (!rundir_read_mount(d.setup->run_dir, i, &old) || !old.made)
            continue;
        for (uint32_t k = 0; k < d.config->mount_count; k++)
            if (strcmp(d.config->mounts[k].target, old.target) == 0)
                made[k] = true;
    }
}

/* -1000 would exempt the daemon. -900 makes the kernel choose larger processes first. */
static void hide_from_oom_killer(void) {
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    if (write(fd, "-900", 4) < 0) { /* without root, the score stays */
    }
    close(fd);
}

static int set_up(const struct daemon_setup *setup) {
    d.setup = setup;
    d.config = &setup->settings->config;
    d.world = (struct daemon_world){
        .engine = &d.engine, .config = d.config, .run_dir = setup->run_dir, .run_path = setup->run_path};
    d.calls = daemon_world_calls;
    d.calls.ctx = &d.world;
    d.slept_ms = clock_slept_ms();
    d.lead_ms = clock_now().real_ms - clock_now().mono_ms;
    if ((d.signals = open_signals()) < 0)
        return -errno;
    d.mounts = mounttable_open(); /* without it, only the watch notices a lost mount */
    int error = rundir_lock(setup->run_dir);
    d.world.run_watch = error ? -1 : rundir_watch(setup->run_path); /* without it, the next turn notices a lost lock */
    return error;
}

int daemon_run(const struct daemon_setup *setup) {
    bool made[CONFIG_MOUNTS_MAX] = {false};
    int error = set_up(setup);

    if (error != 0)
        return error;
    read_made(made);
    log_start();
    log_faults();
    engine_init(&d.engine, d.config, &d.calls);
    daemon_edits_init(&d.world);
    engine_start(&d.engine, clock_now(), made);
    /* The mounts wait for their servers meanwhile. */
    daemon_publish_all(&d.world);
    ready('s');
    hide_from_oom_killer();
    while (!d.replaced && (!engine_stopped(&d.engine) || daemon_spread_is_leaving(&d.world)))
        turn();
    log_line(LOGLEVEL_INFO, "event=end");
    if (!d.replaced)
        rundir_clear(d.world.run_dir, d.config->mount_count);
    return 0;
}
