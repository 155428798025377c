/* SPDX-License-Identifier: MIT */
/*
 * target: the file that a verb is about to write: where it really is, and whether it may be replaced. Edge.
 */
#ifndef PACKER_TARGET_H
#define PACKER_TARGET_H

#include "image.h"

/*
 * Follows path through every link, also one that leads to nothing yet, to an absolute name without links; the caller
 * frees *real. 0, or -1 and *error: EINVAL ("replace") when something other than a regular file is there, EACCES for a
 * link that another user put into a folder such as /tmp, as Linux has it (fs.protected_symlinks).
 */
int target_resolve(const char *path, char **real, struct image_error *error);

/* The same look again, just before the rename: 0 when path is a regular file or nothing, else -1 and *error. */
int target_check(const char *path, struct image_error *error);

#endif
