/* SPDX-License-Identifier: MIT */
/*
 * rundir: the files in /run/usermount: `pid` (locked by the daemon for as long as it lives), `daemon` (one line on
 * it), `mount.NN` (status.h). Edge.
 *
 * Files are replaced whole, by rename, and are readable by anybody. The lock, not the number in the file, says
 * whether a daemon runs: a stale file or a reused pid means nothing.
 */
#ifndef USERMOUNT_RUNDIR_H
#define USERMOUNT_RUNDIR_H

#include "status.h"

#include <sys/types.h>

struct rundir_daemon {
    pid_t pid;
    uint32_t mounts;
    uint64_t fingerprint; /* config_fingerprint() */
};

/* Make the directory where it is missing, and open it. The descriptor or -errno. */
int rundir_open(const char *path, bool make);

/* Become the daemon: lock `pid` and write this process's number into it. 0, -EBUSY when another holds it, -errno. */
int rundir_lock(int dir);

/* Who holds the lock; 0: nobody. */
pid_t rundir_holder(int dir);

/* Wait until nobody holds the lock, `timeout_s` seconds at most. 0 or -ETIMEDOUT. */
int rundir_wait_free(int dir, unsigned timeout_s);

int rundir_write_daemon(int dir, const struct rundir_daemon *daemon, const char *version);
bool rundir_read_daemon(int dir, struct rundir_daemon *daemon);

int rundir_write_mount(int dir, uint32_t mount, const struct status *status);
bool rundir_read_mount(int dir, uint32_t mount, struct status *status);

/* The daemon's end: its files go, the lock with the process. */
void rundir_clear(int dir, uint32_t mounts);

#endif
