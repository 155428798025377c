/* SPDX-License-Identifier: MIT */
/*
 * path: opens directories in a tree that somebody else may change at any time, and finds the mounts that they are in.
 * Edge.
 *
 * It follows no symbolic link, and opens directories by O_PATH alone. `proc` is a descriptor of a /proc.
 */
#ifndef USERMOUNT_CONTAINERS_PATH_H
#define USERMOUNT_CONTAINERS_PATH_H

#include <stddef.h>
#include <stdint.h>

/* Opens the directory `path` ("" or "/a/b") below `base`. A descriptor or -errno; -ENOTDIR: a link on the way. */
int containers_path_open(int base, const char *path);

/* Opens the directory that holds the last name of `path` ("/a/b"). *last is that name ("b"), a slice of `path`. A
 * descriptor or -errno; -EINVAL: the root. */
int containers_path_parent(int base, const char *path, const char **last);

/* Opens the directory `name` in `directory`, or the root of the mount on it. A descriptor or -errno. */
int containers_path_step(int directory, const char *name);

/* Stores the id, as in mountinfo, of the mount that this process's descriptor `fd` is in (fdinfo, since Linux 3.15). 0
 * or -errno. */
int containers_path_mount(int proc, int fd, uint32_t *id);

/* The same, from the file `file` below `proc`, such as "self/fdinfo/3". */
int containers_path_fdinfo(int proc, const char *file, uint32_t *id);

/* Reads all of a file of /proc. *text is NUL-terminated and allocated, and the caller frees it. 0 or -errno; then *text
 * is NULL. */
int containers_path_read(int base, const char *file, char **text, size_t *len);

#endif
