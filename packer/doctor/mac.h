/* SPDX-License-Identifier: MIT */
/*
 * mac: reads a Mac's files: those of this machine, or those below a root folder (--root). Edge.
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
    char root[MAC_PATH_BYTES]; /* without symbolic links and trailing slash; "" for this machine */
    bool is_rooted;            /* the files are below a root folder */
};

/* root is the folder of --root, or NULL for this machine. Returns 0, or -1 and *error. */
int mac_open(struct mac *mac, const char *root, struct image_error *error);

/* Writes the path on this machine of an absolute path of the Mac to out of MAC_PATH_BYTES. Returns false if it is too
 * long. */
bool mac_path(const struct mac *mac, const char *path, char *out);

/*
 * Reads a file of at most MAC_FILE_MAX_BYTES and puts a NUL behind it. The caller frees it. Returns NULL and *error on
 * failure: ENOENT if it is missing, EXDEV if a symbolic link leads out of the root.
 */
char *mac_read(const struct mac *mac, const char *path, size_t *size, struct image_error *error);

/* Returns 0 if the path, without symbolic links, is below the root, else -1 and *error. For a missing file, its folder
 * must be. */
int mac_check(const struct mac *mac, const char *path, struct image_error *error);

/* True if a flag keeps everybody from changing a file (host_is_immutable). path is the Mac's or this machine's. */
bool mac_is_immutable(const struct mac *mac, const char *path);

/* Reads the target of a symbolic link of the Mac. Returns false if path is no symbolic link. */
bool mac_link(const struct mac *mac, const char *path, char out[MAC_PATH_BYTES]);

/* Checks an exported path by the rule of exports(5): every part of it must be a folder, and none a symbolic link. */
enum exports_folder mac_folder(const struct mac *mac, const char *path);

/* The user of Docker. NFS writes files as this user. */
struct mac_user {
    bool is_known;
    uid_t uid;
    gid_t gid;
    char home[256]; /* "/Users/me"; "" if it is unknown */
};

/*
 * Finds the user: on this machine the one who called sudo (SUDO_UID), or who runs the program. Below a root folder, the
 * owner of a home folder in /Users: that of the user who called sudo, if there is one, else the first by name.
 */
struct mac_user mac_user(const struct mac *mac);

#endif
