/* SPDX-License-Identifier: MIT */
/*
 * keep: keeps the place of a removed dead mount until the new one covers it. Edge.
 *
 * A keeper is a mount with the share's source, and the next look finds it in the mount table. Without it, the container
 * would write to its own layer, or take an empty folder for the share's.
 */
#ifndef USERMOUNT_CONTAINERS_KEEP_H
#define USERMOUNT_CONTAINERS_KEEP_H

#include "mend.h"

#include <limits.h>

#define CONTAINERS_FD_PATH_SIZE (NAME_MAX + 64)

/* "self/fd/FD" or "self/fd/FD/NAME", below the agent's /proc. */
void containers_fd_path(int fd, const char *name, char path[CONTAINERS_FD_PATH_SIZE]);

/* Mounts a keeper with `bind`'s flags on the directory `under`, to which place->name leads, and in it one for each of
 * `inside`, in their order: an outer one comes before its inner ones. 0 or an errno. It makes no call to a server. */
int containers_keep(const struct containers_place *place, int under, const struct containers_bind *bind,
                    const struct containers_bind *inside, int count);

#endif
