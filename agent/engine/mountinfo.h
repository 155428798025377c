/* SPDX-License-Identifier: MIT */
/*
 * mountinfo: what is mounted on a target, from the text of /proc/self/mountinfo (proc(5)).
 *
 * PURE.
 */
#ifndef USERMOUNT_MOUNTINFO_H
#define USERMOUNT_MOUNTINFO_H

#include "../common/text.h"

#include <stdbool.h>
#include <stdint.h>

#define MOUNTINFO_NAME_SIZE 1300 /* a server's name, a colon and an export */

/* The mount's own flags, one of its file system's; and whether it passes mounts on to others. */
enum {
    MOUNTINFO_READ_ONLY = 1,
    MOUNTINFO_NOSUID = 2,
    MOUNTINFO_NODEV = 4,
    MOUNTINFO_NOEXEC = 8,
    MOUNTINFO_SHARED = 16,
    MOUNTINFO_SOFT = 32,   /* the file system's: NFS gives up on a server that does not answer */
    MOUNTINFO_NOCTO = 64,  /* the file system's: open(2) asks the server for nothing, */
    MOUNTINFO_AC600 = 128, /* nor does anything else for ten minutes */
    MOUNTINFO_SUPER = MOUNTINFO_SOFT | MOUNTINFO_NOCTO | MOUNTINFO_AC600 /* all of the file system's */
};

/* One line of the file. Paths are unescaped, and cut to fit. */
struct mountinfo {
    uint32_t id;
    uint32_t parent_id;
    uint32_t major, minor;
    uint32_t flags; /* MOUNTINFO_* */
    char root[MOUNTINFO_NAME_SIZE];
    char point[MOUNTINFO_NAME_SIZE];
    char type[32];
    char address[64]; /* of an NFS server, numeric; empty: none is told */
    char source[MOUNTINFO_NAME_SIZE];
};

/* Read the next line of *rest; a line that is not of the form is passed over. False at the end. */
bool mountinfo_next(struct text *rest, struct mountinfo *entry);

/* The mount that a lookup of `target` meets: the last one listed there. False: there is none. */
bool mountinfo_find(const char *text, size_t len, const char *target, struct mountinfo *entry);

/* Whether `path`, absolute and without links, is the mount's point or lies below it. Of the entries that do, the last
 * one listed is what a lookup of it meets. */
bool mountinfo_covers(const struct mountinfo *entry, const char *path);

#endif
