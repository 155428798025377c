/* SPDX-License-Identifier: MIT */
/*
 * leftover: the names of drafts, and what becomes of those that a killed packer left behind. Edge.
 *
 * Each draft is locked (host_lock) by the packer that made it for as long as it runs. So a draft that can be locked
 * belongs to nobody any more, whatever it was to become and whichever verb wrote it.
 */
#ifndef PACKER_LEFTOVER_H
#define PACKER_LEFTOVER_H

/*
 * A name in target's folder that nobody can guess: ".usermount-" and 130 random bits. The caller frees. NULL and
 * errno.
 */
char *leftover_name(const char *target);

/*
 * Locks the new, open draft. 0, also where the file system has no locks; -EAGAIN when a sweep took it for a leftover in
 * the moment before: it is gone, and the caller makes another.
 */
int leftover_claim(int fd);

/* Removes the drafts and locks in target's folder that no packer holds. What cannot be removed stays. */
void leftover_sweep(const char *target);

#endif
