/* SPDX-License-Identifier: MIT */
/*
 * world: what a Mac's nfsd asks the system while it reads /etc/exports: users, groups, hosts, networks, folders
 * and volumes. The reader and the judge are pure: they ask through this table. mac_world.h fills it, for a Mac or for a
 * folder with a Mac's files.
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
    unsigned char bytes[16]; /* 4 or 16 of them, the others 0 */
};

enum exports_folder { EXPORTS_FOLDER, EXPORTS_FOLDER_MISSING, EXPORTS_FOLDER_LINK };

struct exports_world {
    void *context; /* not owned */
    bool is_split; /* macOS 10.15 and later: /Users is on the volume /System/Volumes/Data */
    /* getpwnam(3), or getpwuid(3) where name is NULL, and getgrouplist(3). False: there is no such user. */
    bool (*user)(void *context, const char *name, int32_t uid, struct exports_cred *cred);
    bool (*group)(void *context, const char *name, int32_t *gid);
    /* The addresses of a name (numbers are not asked for), in the system's order; 0: it is not known. */
    size_t (*host)(void *context, const char *name, struct exports_address *out, size_t max);
    /* The host at that place of the netgroup, into host of size bytes. False: there is none. */
    bool (*netgroup)(void *context, const char *name, size_t place, char *host, size_t size);
    /* getnetbyname(3): 127 for loopback. */
    bool (*network)(void *context, const char *name, uint32_t *number);
    /* Every part of the path is a folder, and none is a link. */
    enum exports_folder (*folder)(void *context, const char *path);
    /* Where the volume is mounted that holds the folder; size bytes. False: not known. */
    bool (*volume)(void *context, const char *path, char *out, size_t size);
    /* The UUID of the volume mounted there. False: it cannot be known. */
    bool (*uuid)(void *context, const char *volume, unsigned char uuid[16]);
    /* The mounted volumes one by one, by where they are. False: there are no more. */
    bool (*mounted)(void *context, size_t place, char *out, size_t size);
};

#endif
