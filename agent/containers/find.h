/* SPDX-License-Identifier: MIT */
/*
 * find: finds the mounts of another mount namespace that show a target as it was before its mount, or an earlier mount
 * of the same export.
 *
 * PURE: mountinfo (proc(5)) in, answers out. It remembers nothing: the agent's own table still shows the directory
 * below the target, and an earlier mount shows its source. Only the server can tell whether such a mount is dead.
 * Device numbers cannot, since the kernel gives a re-created export the superblock of the old one.
 */
#ifndef USERMOUNT_CONTAINERS_FIND_H
#define USERMOUNT_CONTAINERS_FIND_H

#include "../engine/mountinfo.h"

/* A target in the agent's own table. */
struct containers_origin {
    char source[MOUNTINFO_NAME_SIZE]; /* SERVER:/EXPORT */
    char root[MOUNTINFO_NAME_SIZE];   /* the directory of its file system that our mount shows; mostly "/" */
    bool has_below;                   /* a plain directory lies below, at `below` of the file system major:minor */
    uint32_t major, minor;
    char below[MOUNTINFO_NAME_SIZE];
};

#define CONTAINERS_INSIDE_MAX 64 /* mounts in a dead mount */

enum containers_kind {
    CONTAINERS_LATE,    /* a bind of the target, or of a folder in it, from before the mount: to be covered */
    CONTAINERS_MOUNTED, /* a mount of the export: to be replaced if it is dead */
    CONTAINERS_KEPT /* a keeper: it holds the place and the source of a removed dead mount until the new one comes */
};

/* A keeper is a FUSE that nobody serves, and every call on it fails; or an empty tmpfs if it must hold keepers inside.
 * Its source is the share's. */
#define CONTAINERS_KEEPER "fuse.usermount"
#define CONTAINERS_KEEPER_ABOVE "tmpfs"

struct containers_bind {
    enum containers_kind kind;
    uint32_t id;        /* of the mount */
    uint32_t under_id;  /* of the mount below it */
    uint32_t holder_id; /* of the mount that holds its mount point */
    uint32_t flags;     /* MOUNTINFO_* of the mount itself but SHARED */
    bool shared;        /* a new mount on it would propagate to others */
    uint32_t inner;     /* mounts on directories in it */
    bool cut;           /* the table's names are longer than the fields */
    char point[MOUNTINFO_NAME_SIZE];
    char subpath[MOUNTINFO_NAME_SIZE]; /* of the export: "" or "/me/project" */
};

/* Finds `source` on `target` in the agent's own table `own`. False: it is not mounted. If another mount lies directly
 * below (conflict=over), there is no plain directory, and binds of that mount stay. */
bool containers_origin(struct text own, const char *target, const char *source, struct containers_origin *origin);

/* The next mount of the share in *rest, covered or not, in one pass. It fills only the fields of *bind that the mount's
 * own line has. False at the end. */
bool containers_match(struct text *rest, const struct containers_origin *origin, struct containers_bind *bind);

/* Where in the share the path `path` lies, which is absolute, means the namespace of `table`, and is in the mount
 * `mount`: "" or "/me/project". False: elsewhere, or it does not fit. */
bool containers_inside(struct text table, const struct containers_origin *origin, uint32_t mount, const char *path,
                       struct text_out subpath);

/* The next mount of interest in *rest, which begins as `table`. It skips covered mounts, which are done. False at the
 * end. */
bool containers_find(struct text table, struct text *rest, const struct containers_origin *origin,
                     struct containers_bind *bind);

/* The next mount directly in `bind`'s. entry->point becomes its path inside, such as "/vendor". */
bool containers_find_inner(struct text *rest, const struct containers_bind *bind, struct mountinfo *entry);

/* Stores the share's uncovered mounts in `bind`'s at any depth, each with its path inside as its point, the shortest
 * first. Returns their number; -1: more than `max`, or a mount from elsewhere. */
int containers_find_inside(struct text table, const struct containers_origin *origin,
                           const struct containers_bind *bind, struct containers_bind *inside, int max);

/* Writes SERVER:/EXPORT/SUBPATH. An export of "/" has its slash already. */
void containers_source(const struct containers_origin *origin, const char *subpath, char *source, size_t size);

#endif
