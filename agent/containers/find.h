/* SPDX-License-Identifier: MIT */
/*
 * find: the mounts of another mount namespace that come from a target as it was before it was mounted, or
 * from an earlier mount of the same export.
 *
 * PURE: texts of mountinfo (proc(5)) in, answers out. Nothing is remembered from before: what was below the target
 * is still told by the agent's own table, and an earlier mount by its source. Whether such a mount is dead, and must be
 * replaced, only a question to the server tells; the file systems' device numbers do not, as the kernel gives an
 * export that was made anew the superblock of the old one.
 */
#ifndef USERMOUNT_CONTAINERS_FIND_H
#define USERMOUNT_CONTAINERS_FIND_H

#include "../engine/mountinfo.h"

/* What the agent's own table says of a target. */
struct containers_origin {
    char source[MOUNTINFO_NAME_SIZE]; /* SERVER:/EXPORT */
    char root[MOUNTINFO_NAME_SIZE];   /* which directory of its file system our mount shows; mostly "/" */
    bool has_below;                   /* a plain directory lies below, at `below` of the file system major:minor */
    uint32_t major, minor;
    char below[MOUNTINFO_NAME_SIZE];
};

#define CONTAINERS_INSIDE_MAX 64 /* mounts in a dead one */

enum containers_kind {
    CONTAINERS_LATE,    /* a bind of what lay at or in the target before: covered by the new mount */
    CONTAINERS_MOUNTED, /* a mount of the export: to be replaced, if it is dead */
    CONTAINERS_KEPT     /* a dead one was taken away, and this keeps its place and its source until the new one comes */
};

/* What keeps a place: a FUSE that nobody serves, so that every call on it fails, or an empty tmpfs, where others must
 * be kept inside. Their source is the share's. */
#define CONTAINERS_KEEPER "fuse.usermount"
#define CONTAINERS_KEEPER_ABOVE "tmpfs"

struct containers_bind {
    enum containers_kind kind;
    uint32_t id;        /* of the mount */
    uint32_t under_id;  /* of what comes to light when it is taken away */
    uint32_t holder_id; /* of the mount that the directory around its mount point is in */
    uint32_t flags;     /* MOUNTINFO_* of the mount itself but SHARED */
    bool shared;        /* the mount that a new one would be put on passes it on to others */
    uint32_t inner;     /* mounts on directories in it */
    bool cut;           /* the table's names are longer than the fields */
    char point[MOUNTINFO_NAME_SIZE];
    char subpath[MOUNTINFO_NAME_SIZE]; /* of the export: "" or "/me/project" */
};

/* `own` is the agent's own table; `source` is mounted on `target`. False: it is not. Where another mount lies directly
 * below, on the target itself (conflict=over), there is no plain directory: what binds that one, keeps it. */
bool containers_origin(struct text own, const char *target, const char *source, struct containers_origin *origin);

/* The next mount in *rest that is the share's, whether another covers it or not: one pass through the table. Of *bind
 * only what stands in its own line is filled. False at the end. */
bool containers_match(struct text *rest, const struct containers_origin *origin, struct containers_bind *bind);

/* The next mount of interest in *rest, which begins as `table` and is advanced. False at the end. Those that another
 * mount covers are passed over: they have been seen to. */
bool containers_find(struct text table, struct text *rest, const struct containers_origin *origin,
                     struct containers_bind *bind);

/* The next mount that lies directly in `bind`'s; entry->point is shortened to its path inside ("/vendor"). */
bool containers_find_inner(struct text *rest, const struct containers_bind *bind, struct mountinfo *entry);

/* All of the share that lies uncovered in `bind`'s, at any depth, with its path inside as its point, the shortest
 * first. -1: also something that is not of the share, or more than `max`. */
int containers_find_inside(struct text table, const struct containers_origin *origin,
                           const struct containers_bind *bind, struct containers_bind *inside, int max);

/* SERVER:/EXPORT/SUBPATH; an export of "/" has its slash already. */
void containers_source(const struct containers_origin *origin, const char *subpath, char *source, size_t size);

#endif
