/* SPDX-License-Identifier: MIT */
/*
 * mountinfo: the mounts of a namespace, from the text of /proc/self/mountinfo (proc(5)). PURE.
 */
#ifndef USERMOUNT_MOUNTINFO_H
#define USERMOUNT_MOUNTINFO_H

#include "../common/text.h"

#include <stdbool.h>
#include <stdint.h>

#define MOUNTINFO_NAME_SIZE 1300 /* a server's name, a colon and an export */

/* The mount's own flags, its propagation, and three options of its file system. */
enum {
    MOUNTINFO_READ_ONLY = 1, /* these four are mount(2)'s MS_* */
    MOUNTINFO_NOSUID = 2,
    MOUNTINFO_NODEV = 4,
    MOUNTINFO_NOEXEC = 8,
    MOUNTINFO_OWN = MOUNTINFO_READ_ONLY | MOUNTINFO_NOSUID | MOUNTINFO_NODEV | MOUNTINFO_NOEXEC,
    MOUNTINFO_SHARED = 16, /* a new mount on it propagates to its peers */
    MOUNTINFO_SOFT = 32,   /* NFS: soft or softerr */
    MOUNTINFO_NOCTO = 64,  /* NFS: nocto */
    MOUNTINFO_AC600 = 128, /* NFS: acregmin=600, as OPTIONS_COHERENT sets it */
    MOUNTINFO_SUPER = MOUNTINFO_SOFT | MOUNTINFO_NOCTO | MOUNTINFO_AC600 /* the file system's options */
};

/* One line of the file. Paths are unescaped, and shortened to fit. */
struct mountinfo {
    uint32_t id;
    uint32_t parent_id;
    uint32_t major, minor;
    uint32_t flags; /* MOUNTINFO_* */
    char root[MOUNTINFO_NAME_SIZE];
    char point[MOUNTINFO_NAME_SIZE];
    char type[32];
    char address[64]; /* of the NFS server, numeric; empty: the line has none */
    char source[MOUNTINFO_NAME_SIZE];
};

/* Takes the next line off *rest and skips malformed ones. False: the end. */
bool mountinfo_next(struct text *rest, struct mountinfo *entry);

/* Finds the mount that a lookup of `target` reaches: the last one listed there. False: none. */
bool mountinfo_find(const char *text, size_t len, const char *target, struct mountinfo *entry);

/* Whether `path`, absolute and without links, is the mount point or lies below it. A lookup of `path` reaches the last
 * such entry of the table. */
bool mountinfo_covers(const struct mountinfo *entry, const char *path);

#endif
