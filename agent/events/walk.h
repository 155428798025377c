/* SPDX-License-Identifier: MIT */
/*
 * walk: from a relative path to a folder's descriptor inside one mount. Edge.
 *
 * No symbolic link is followed and no other file system is entered, whatever the tree is made of meanwhile: each part
 * is opened by name alone, with O_PATH and O_NOFOLLOW, and must have the device of the mount's root.
 */
#ifndef USERMOUNT_EVENTS_WALK_H
#define USERMOUNT_EVENTS_WALK_H

#include <stdbool.h>
#include <sys/types.h>

struct walk_mount {
    int root; /* O_PATH */
    dev_t device;
    int links; /* /proc/self/fd of the process that walks: "N" in it is descriptor N, without a name to race for */
};

/* Opens `target`, a mount point. 0 or -errno. */
int walk_open(struct walk_mount *mount, const char *target);

/*
 * The folder that holds the last part of `path`: relative, without empty parts, "." or "..", as stream/record.h checks.
 * An empty path is the root itself. *name is that last part, a slice of `path`, or NULL for the root. The caller closes
 * the descriptor. -errno: -EXDEV where another file system lies in the way, -ENOTDIR for a link.
 *
 * `fresh` is called with each folder on the way before the next part is looked up in it; NULL looks in the cache first.
 */
int walk_folder(const struct walk_mount *mount, const char *path, void (*fresh)(void *ctx, int folder), void *ctx,
                const char **name);

#endif
