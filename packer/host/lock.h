/* SPDX-License-Identifier: MIT */
/*
 * lock: lets one packer at a time write a file. Edge.
 *
 * The lock is an flock(2) on a separate file in the target's folder, ".NAME.usermount-lock", with mode 0600. A lock on
 * the target itself would not do: anybody who can read the target could hold it, and after the rename it would belong
 * to the old file. The lock file contains the process id in decimal. The holder removes it when it releases the lock.
 * The next packer takes over the file that a killed one left.
 */
#ifndef PACKER_LOCK_H
#define PACKER_LOCK_H

#include <stdbool.h>

struct image_error;

struct lock {
    int fd;     /* -1 if the lock is not held */
    char *path; /* of the lock file; owned; NULL if the lock is not held */
};

/*
 * Takes the lock for target, an absolute path without symbolic links. Waits up to 150 ms for another packer's sweep.
 * Returns 0, or -1 and *error: EBUSY ("lock") and the holder if another packer holds the lock, EINVAL ("replace") if
 * the lock file is no regular file. Succeeds without a lock if the file system has none.
 */
int lock_take(struct lock *lock, const char *target, struct image_error *error);

/* Removes the lock file and releases the lock. A second call does nothing. */
void lock_drop(struct lock *lock);

/* True if name, without a folder, is that of a lock file. */
bool lock_is_name(const char *name);

#endif
