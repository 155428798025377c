/* SPDX-License-Identifier: MIT */
/*
 * world: the system calls and lookups of nfsd while it reads /etc/exports, as a table of functions. The parser and the
 * judge stay pure, because they call only these. doctor/mac_world.h fills the table for a Mac, or for a folder with a
 * Mac's files.
 */
#ifndef PACKER_EXPORTS_WORLD_H
#define PACKER_EXPORTS_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORTS_GROUPS_MAX 16 /* NGROUPS of macOS */
#define EXPORTS_ADDRESSES_MAX 16

struct exports_cred {
    int32_t uid;
    int32_t groups[EXPORTS_GROUPS_MAX];
    size_t group_count;
};

struct exports_address {
    unsigned char family;    /* 4 or 6 */
    unsigned char bytes[16]; /* the address in network order: 4 or 16 bytes, the others 0 */
};

enum exports_folder { EXPORTS_FOLDER, EXPORTS_FOLDER_MISSING, EXPORTS_FOLDER_LINK };

struct exports_world {
    void *context; /* not owned */
    bool is_split; /* macOS 10.15 or later: /Users is on the volume /System/Volumes/Data */
    /* getpwnam(3), or getpwuid(3) if name is NULL, and getgrouplist(3). Returns false if there is no such user. */
    bool (*user)(void *context, const char *name, int32_t uid, struct exports_cred *cred);
    /* getgrnam(3). */
    bool (*group)(void *context, const char *name, int32_t *gid);
    /* getaddrinfo(3) for a name, not for a number. Returns the number of addresses, 0 for an unknown name. */
    size_t (*host)(void *context, const char *name, struct exports_address *out, size_t max);
    /* getnetgrent(3): writes the host of member number `place`, from 0, to host of size bytes. */
    bool (*netgroup)(void *context, const char *name, size_t place, char *host, size_t size);
    /* getnetbyname(3): the number in host order, such as 127 for loopback. */
    bool (*network)(void *context, const char *name, uint32_t *number);
    /* Checks that every part of the path is a folder, and none a symbolic link. */
    enum exports_folder (*folder)(void *context, const char *path);
    /* statfs(2): writes the mount point of the path's volume to out of size bytes. Returns false if it is unknown. */
    bool (*volume)(void *context, const char *path, char *out, size_t size);
    /* getattrlist(2): the UUID of the volume with that mount point. Returns false if it is unknown. */
    bool (*uuid)(void *context, const char *volume, unsigned char uuid[16]);
    /* getmntinfo(3): writes mount point number `place`, from 0, to out of size bytes. Returns false after the last. */
    bool (*mounted)(void *context, size_t place, char *out, size_t size);
};

#endif
