/* SPDX-License-Identifier: MIT */
/*
 * lock: one packer at a time for one file. Edge.
 *
 * The lock is a file of its own beside the target, ".NAME.usermount-lock", which only its owner may open: a lock on the
 * target itself could be held by anybody who can read it, and would stay with the old file at the rename. It holds the
 * process id for whoever meets it, and goes away with the lock; one that a killed packer left is taken over.
 */
#ifndef PACKER_LOCK_H
#define PACKER_LOCK_H

#include <stdbool.h>

struct image_error;

struct lock {
    int fd;     /* -1: not held */
    char *path; /* owned; NULL: not held, or the file system has no locks */
};

/*
 * Takes the lock for target, an absolute name without links. 0, or -1 and *error: EBUSY ("lock") with the holder when
 * another packer has it. Where the file system has no locks it succeeds.
 */
int lock_take(struct lock *lock, const char *target, struct image_error *error);

/* Gives it back; a second call does nothing. */
void lock_drop(struct lock *lock);

/* Whether that is the name of a lock's file, without its folder. */
bool lock_is_name(const char *name);

#endif
