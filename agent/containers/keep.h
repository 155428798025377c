/* SPDX-License-Identifier: MIT */
/*
 * keep: keeps the place of a dead mount that was taken away, until the new one covers it. Edge.
 *
 * A keeper is a mount like others, with the share's source: it is found in the mount table by whoever looks next, and
 * the container can neither write where its own layer comes to light nor take an empty folder for the share's.
 */
#ifndef USERMOUNT_CONTAINERS_KEEP_H
#define USERMOUNT_CONTAINERS_KEEP_H

#include "mend.h"

#include <limits.h>

#define CONTAINERS_FD_PATH_SIZE (NAME_MAX + 64)

/* "self/fd/FD" or "self/fd/FD/NAME", below the agent's /proc. */
void containers_fd_path(int fd, const char *name, char path[CONTAINERS_FD_PATH_SIZE]);

/* MOUNTINFO_* as mount(2) takes it. */
unsigned long containers_flags(uint32_t flags);

/* A keeper on the directory `under`, where place->name leads, with `bind`'s flags; and in it one for each of `inside`,
 * the outer ones first. 0 or an errno. Asks no server. */
int containers_keep(const struct containers_place *place, int under, const struct containers_bind *bind,
                    const struct containers_bind *inside, int count);

#endif
