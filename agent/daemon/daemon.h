/* SPDX-License-Identifier: MIT */
/*
 * daemon: the only loop: signals, timers, workers, knocks; it is the world of the engine. Edge.
 *
 * After daemon_run() has begun its loop nothing is allocated and no error ends it: a failure is an event of a
 * mount. SIGTERM and SIGINT stop it, SIGUSR1 makes it try at once; any other signal that can be caught does nothing,
 * but for those that a terminal suspends with. Only a second daemon that has taken its run directory ends it
 * otherwise: what is mounted then stays.
 */
#ifndef USERMOUNT_DAEMON_H
#define USERMOUNT_DAEMON_H

#include "../settings/load.h"

struct daemon_setup {
    const struct settings *settings;
    int run_dir;
    const char *run_path; /* of run_dir, absolute */
    int ready_fd; /* 's' is written when the daemon has its lock, 'u' each time all mounts are up; -1: nowhere */
};

/* Take the lock, mount, watch, and come back after a stop: 0, -EBUSY when another daemon runs, or -errno. */
int daemon_run(const struct daemon_setup *setup);

#endif
