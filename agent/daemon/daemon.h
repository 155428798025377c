/* SPDX-License-Identifier: MIT */
/*
 * daemon: the only loop, for signals, timers, workers and knocks. It is the engine's world. Edge.
 *
 * The loop allocates nothing, and no error ends it: a failure is an event of a mount. SIGTERM and SIGINT stop it, and
 * SIGUSR1 makes it retry at once. It ignores all other signals that can be caught, except those of job control. It also
 * ends when a second daemon has taken its run directory, and then leaves its mounts.
 */
#ifndef USERMOUNT_DAEMON_H
#define USERMOUNT_DAEMON_H

#include "../settings/load.h"

struct daemon_setup {
    const struct settings *settings;
    int run_dir;
    const char *run_path; /* the path of run_dir, absolute */
    int ready_fd;         /* gets 's' once the daemon has its lock, and 'u' each time all mounts are up; -1: none */
};

/* Takes the lock, mounts, watches, and returns after a stop. 0 or -errno; -EBUSY: another daemon runs. */
int daemon_run(const struct daemon_setup *setup);

#endif
