/* SPDX-License-Identifier: MIT */
/*
 * rundir: the files in /run/usermount: `lock` (held by the daemon for as long as it lives), `pid` (its number, for
 * people), `daemon` (one line on it), `mount.NN` (status.h). Edge.
 *
 * Files are replaced whole, by rename, and are readable by anybody; all but the lock, which only its owner can open:
 * whoever can read a file can hold a lock on it. The lock, not a number in a file, says whether a daemon runs: a stale
 * file or a reused pid means nothing. What is no regular file is never waited for.
 */
#ifndef USERMOUNT_RUNDIR_H
#define USERMOUNT_RUNDIR_H

#include "../engine/status.h"

#include <sys/types.h>

struct rundir_daemon {
    pid_t pid;
    uint64_t started; /* process_started() */
    uint32_t mounts;
    uint64_t fingerprint; /* config_fingerprint() */
};

/* Make the directory where it is missing, and open it. The descriptor or -errno. */
int rundir_open(const char *path, bool make);

/* Become the daemon: take `lock`. 0; -EBUSY when another holds it; -EPERM
 * when somebody else could hold it: it is not the caller's own, or others may open it; -errno. */
int rundir_lock(int dir);

/* A descriptor that is readable when the directory at `path` or a file in it was moved or removed; -errno. */
int rundir_watch(const char *path);

/* Read what came on it. True: a file of the daemon's was removed. */
bool rundir_read_watch(int watch);

/* Whether the lock that is held is still the one at `path`; what cannot be looked at is taken for it. */
bool rundir_is_ours(const char *path);

/* After it was not: make and lock the directory at `path` anew. Its descriptor, -EBUSY when another daemon has done so,
 * or -errno. */
int rundir_retake(const char *path);

/* Who holds the lock, in *holder; 0: nobody. Who may not open the lock is told by `daemon`, whose process must be the
 * very one that wrote it. 0, or -errno where it cannot be told: then nobody must be taken for nobody. */
int rundir_holder(int dir, pid_t *holder);

/* Wait until nobody holds the lock, `timeout_s` seconds at most. 0 or -ETIMEDOUT. */
int rundir_wait_free(int dir, unsigned timeout_s);

/* `daemon` and `pid`; a mount's state. 0 or -errno. */
int rundir_write_daemon(int dir, const struct rundir_daemon *daemon, const char *version);
int rundir_write_mount(int dir, uint32_t mount, const struct status *status);

bool rundir_read_daemon(int dir, struct rundir_daemon *daemon);
bool rundir_read_mount(int dir, uint32_t mount, struct status *status);

/* The daemon's end: its files go; the lock's file stays, and the lock goes with the process. */
void rundir_clear(int dir, uint32_t mounts);

#endif
