/* SPDX-License-Identifier: MIT */
/*
 * walk: from a relative path to a folder's descriptor inside one mount. Edge.
 *
 * It follows no symbolic link and enters no other file system, however the tree changes meanwhile: it opens each part
 * by name alone, with O_PATH and O_NOFOLLOW, and compares its device with that of the mount's root.
 */
#ifndef USERMOUNT_EVENTS_WALK_H
#define USERMOUNT_EVENTS_WALK_H

#include <stdbool.h>
#include <sys/types.h>

struct walk_mount {
    int root; /* O_PATH */
    dev_t device;
    int links; /* /proc/self/fd of this process: "N" in it is descriptor N, whatever its name is now */
};

/* Opens `target`, a mount point. 0 or -errno. */
int walk_open(struct walk_mount *mount, const char *target);

/*
 * Opens the folder that holds the last part of `path`, which stream_path_relative() accepts, or is empty: the root
 * itself. *name is that last part, a slice of `path`; NULL: the root. A descriptor, which the caller closes, or -errno;
 * -EXDEV: another file system is on the way; -ENOTDIR: a link.
 *
 * It calls `fresh` with each folder before it looks up the next part there. NULL: the client's cache may answer.
 */
int walk_folder(const struct walk_mount *mount, const char *path, void (*fresh)(void *ctx, int folder), void *ctx,
                const char **name);

#endif
