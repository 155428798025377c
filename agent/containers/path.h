/* SPDX-License-Identifier: MIT */
/*
 * path: directories in a tree that somebody else may change meanwhile, and the mounts that they are in.
 * Edge.
 *
 * No symbolic link is ever followed, and nothing is opened but as a name (O_PATH). `proc` is a descriptor of a /proc.
 */
#ifndef USERMOUNT_CONTAINERS_PATH_H
#define USERMOUNT_CONTAINERS_PATH_H

#include <stddef.h>
#include <stdint.h>

/* The directory `path` ("" or "/a/b") below `base`: a descriptor, or -errno; -ENOTDIR for a link on the way. */
int containers_path_open(int base, const char *path);

/* The directory that holds the last name of `path` ("/a/b"): a descriptor or -errno, and in *last the name ("b", a part
 * of `path`). The root has none: -EINVAL. */
int containers_path_parent(int base, const char *path, const char **last);

/* The directory `name` in `directory`, and what is mounted on it: a descriptor or -errno. */
int containers_path_step(int directory, const char *name);

/* The id of the mount that descriptor `fd` of this process is in, as mountinfo tells it (fdinfo, since Linux 3.15).
 * 0 or -errno. */
int containers_path_mount(int proc, int fd, uint32_t *id);

/* The same from a file of the form of fdinfo, "self/fdinfo/3" below `proc`. */
int containers_path_fdinfo(int proc, const char *file, uint32_t *id);

/* All of a file that is read as it is made, in allocated memory that ends with a NUL: 0 or -errno. */
int containers_path_read(int base, const char *file, char **text, size_t *len);

#endif
