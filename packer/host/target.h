/* SPDX-License-Identifier: MIT */
/*
 * target: finds the file that a verb will write, and checks that it may be replaced. Edge.
 */
#ifndef PACKER_TARGET_H
#define PACKER_TARGET_H

#include "image.h"

/*
 * Resolves path to an absolute path without symbolic links. The last link may point to a file that does not exist. The
 * caller frees *real. Returns 0, or -1 and *error: EINVAL ("replace") if the file is no regular file, EACCES for a link
 * of another user in a sticky folder such as /tmp. Linux refuses such links by the same rule (fs.protected_symlinks,
 * proc(5)).
 */
int target_resolve(const char *path, char **real, struct image_error *error);

/* Returns the folder of path, "." for a bare name, or NULL and errno. The caller frees it. */
char *target_folder(const char *path);

/* Repeats the check just before the rename. Returns 0 if path is a regular file or missing, else -1 and *error. */
int target_check(const char *path, struct image_error *error);

#endif
