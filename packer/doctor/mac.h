/* SPDX-License-Identifier: MIT */
/*
 * mac: a Mac's files: this machine's, or those below a folder that stands for its root. Edge.
 */
#ifndef PACKER_MAC_H
#define PACKER_MAC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "../exports/world.h"
#include "../host/image.h"

#define MAC_PATH_BYTES 4096
#define MAC_FILE_MAX_BYTES (1u << 20)

struct mac {
    char root[MAC_PATH_BYTES]; /* resolved, without a slash at its end; "" for this machine */
    bool is_rooted;            /* it is not this machine */
};

/* root is NULL for this machine. 0 or -1 and *error. */
int mac_open(struct mac *mac, const char *root, struct image_error *error);

/* Where the Mac's absolute path is here. False: too long. */
bool mac_path(const struct mac *mac, const char *path, char *out);

/*
 * A whole file, with a NUL behind it; the caller frees. NULL and *error: ENOENT when there is none; EXDEV when a
 * symbolic link leads out of the root.
 */
char *mac_read(const struct mac *mac, const char *path, size_t *size, struct image_error *error);

/* 0 when the path, links resolved, is below the root; -1 and *error. A file that is missing counts by its folder. */
int mac_check(const struct mac *mac, const char *path, struct image_error *error);

/* Whether a file of the Mac (its path, here or there) may not be changed by anybody: chflags(1), chattr(1). */
bool mac_is_immutable(const struct mac *mac, const char *path);

/* Where a symbolic link of the Mac leads, as it is written. False: it is no link. */
bool mac_link(const struct mac *mac, const char *path, char out[MAC_PATH_BYTES]);

/* What exports(5) asks of an exported path: every part of it is a folder, and none is a link. */
enum exports_folder mac_folder(const struct mac *mac, const char *path);

/* Who works on the Mac: whose files NFS writes, and whose Docker it is. */
struct mac_user {
    bool is_known;
    uid_t uid;
    gid_t gid;
    char home[256]; /* "/Users/me"; "" when it is not known */
};

/*
 * The one who called sudo (SUDO_UID), or runs this; below a root, the owner of the home folder in /Users: of the one
 * who called sudo if he has one there, else of the first.
 */
struct mac_user mac_user(const struct mac *mac);

#endif
