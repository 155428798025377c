/* SPDX-License-Identifier: MIT */
/*
 * leftover: names drafts, and removes those of killed packers. Edge.
 *
 * A packer holds a lock (host_lock) on each of its drafts while it runs. A draft that can be locked is therefore a
 * leftover, whichever verb created it.
 */
#ifndef PACKER_LEFTOVER_H
#define PACKER_LEFTOVER_H

/*
 * Returns a path in target's folder that nobody can guess: ".usermount-" and 130 random bits in base32. The caller
 * frees it. Returns NULL and sets errno on failure.
 */
char *leftover_name(const char *target);

/*
 * Locks the draft that was just created. Returns 0, also if the file system has no locks, or -errno. -EAGAIN: another
 * packer's sweep removed it before it was locked, and the caller creates another one.
 */
int leftover_claim(int fd);

/* Removes the drafts and lock files in target's folder that no packer has locked. Errors are ignored. */
void leftover_sweep(const char *target);

#endif
