/* SPDX-License-Identifier: MIT */
/*
 * rundir: the files in /run/usermount: `lock` (held by the daemon for as long as it lives), `pid` (its number, for
 * people), `daemon` (one line on it), `mount.NN` (status.h). Edge.
 *
 * A rename replaces each file whole. Anybody can read the files but the lock, which only its owner can open: whoever
 * can read a file can lock it. The lock, not a number in a file, tells whether a daemon runs. A stale file or a reused
 * pid means nothing. No call waits for anything but a regular file.
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

/* Opens the directory and creates it if it is missing. A descriptor or -errno. */
int rundir_open(const char *path, bool make);

/* Takes `lock` and with it the daemon's role. 0 or -errno; -EBUSY: another process holds it; -EPERM: others could hold
 * it, since it belongs to somebody else or others may open it. */
int rundir_lock(int dir);

/* A descriptor that is readable after a move or removal of the directory at `path` or of a file in it, or -errno. */
int rundir_watch(const char *path);

/* Reads it. True: a file of the daemon's was removed. */
bool rundir_read_watch(int watch);

/* Whether the held lock is still the one at `path`. True if that is unknown. */
bool rundir_is_ours(const char *path);

/* Creates and locks the directory at `path` again. A descriptor or -errno; -EBUSY: another daemon was faster. */
int rundir_retake(const char *path);

/* Stores the holder of the lock; 0: nobody. A caller that may not open the lock learns it from `daemon`, if the process
 * that wrote it still runs. 0 or -errno; after an error the holder is unknown, not nobody. */
int rundir_holder(int dir, pid_t *holder);

/* Waits until nobody holds the lock, for `timeout_s` seconds at most. 0 or -ETIMEDOUT. */
int rundir_wait_free(int dir, unsigned timeout_s);

/* Write `daemon` and `pid`, and a mount's state. 0 or -errno. */
int rundir_write_daemon(int dir, const struct rundir_daemon *daemon, const char *version);
int rundir_write_mount(int dir, uint32_t mount, const struct status *status);

bool rundir_read_daemon(int dir, struct rundir_daemon *daemon);
bool rundir_read_mount(int dir, uint32_t mount, struct status *status);

/* Removes the daemon's files at its end. The lock's file stays, and the lock goes with the process. */
void rundir_clear(int dir, uint32_t mounts);

#endif
