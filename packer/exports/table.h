/* SPDX-License-Identifier: MIT */
/*
 * table: the exports that nfsd has accepted so far. Pure. A volume has exported directories, none of which lies inside
 * another one. A line may also name directories below its exported directory. Each directory has hosts with options.
 */
#ifndef PACKER_EXPORTS_TABLE_H
#define PACKER_EXPORTS_TABLE_H

#include "groups.h"

#define EXPORTS_NONE UINT32_MAX
#define EXPORTS_VOLUME_BYTES 1024 /* MAXPATHLEN of macOS */

struct exports_volume {
    char path[EXPORTS_VOLUME_BYTES]; /* the mount point */
    bool is_listed; /* nfsd has seen it; a line whose folders are missing falls back to it, and is offline */
    bool has_lines; /* nfsd accepted a whole line for it, so a later fault does not remove the volume */
};

struct exports_dir {
    char *path;       /* on its volume (exports_physical); owned */
    uint32_t volume;  /* if is_below, the index of the directory above it instead */
    uint32_t entry;   /* the first entry that names it */
    const char *word; /* its name in that entry */
    bool is_below;    /* it lies below an exported directory */
    bool has_default; /* it is exported to every host */
    uint32_t default_entry;
};

/* A group of hosts to which an entry exports a directory. */
struct exports_host {
    uint32_t dir;
    uint32_t group;
    uint32_t entry;
};

/* A directory that a client may mount. */
struct exports_share {
    size_t entry;
    const char *dir; /* as written in the file */
    const char *top; /* the exported directory: dir, or the one above it on the same line */
};

/* The result for an entry. */
struct exports_verdict {
    enum exports_fault fault;   /* EXPORTS_FINE: nfsd accepts the line */
    const char *word;           /* the word that the fault is about, or "" */
    size_t other;               /* the conflicting entry, for EXPORTS_NESTED, EXPORTS_TWICE, EXPORTS_TWO_DEFAULTS */
    const char *other_dir;      /* its directory */
    const char *hidden_dir;     /* a directory to which the options of `other` apply instead, or NULL */
    enum exports_fault offline; /* why nfsd accepts the line without its folder, and every client waits; else 0 */
    uint32_t group;             /* the index of its first group */
    uint32_t group_count;       /* 0: it exports to every host */
};

struct exports_table {
    const struct exports_mac *file;
    struct exports_groups groups;
    struct exports_verdict *verdicts; /* one for each entry */
    struct exports_volume *volumes;
    uint32_t volume_count;
    struct exports_dir *dirs;
    uint32_t dir_count;
    struct exports_host *hosts;
    uint32_t host_count;
    struct exports_share *shares;
    uint32_t share_count;
    struct exports_index index;
};

/* The size of the table at a moment, to restore it. */
struct exports_mark {
    uint32_t dirs;
    uint32_t hosts;
    uint32_t shares;
    uint32_t nodes;
};

struct exports_mark exports_table_mark(const struct exports_table *table);

/* Removes all that was added since the mark. */
void exports_table_back(struct exports_table *table, struct exports_mark mark);

/* Finds a directory on a volume, or, if is_below, below directory number `volume`. Returns its index or EXPORTS_NONE.
 */
uint32_t exports_table_find(const struct exports_table *table, bool is_below, uint32_t volume, const char *path);

/* Finds a directory of the volume that contains path or lies inside it. Returns its index or EXPORTS_NONE. */
uint32_t exports_table_nested(const struct exports_table *table, uint32_t volume, const char *path);

/* Adds a directory. `dir` is its name in the entry. Returns its index, or EXPORTS_NONE without memory. */
uint32_t exports_table_add_dir(struct exports_table *table, bool is_below, uint32_t volume, const char *path,
                               uint32_t entry, const char *dir);

/*
 * Adds the groups of an entry to the hosts of a directory. Returns 1 if at least one of them is new, 0 if not, -EEXIST
 * and *other if another entry has one of them with other options, or -ENOMEM. After -EEXIST the groups before it are
 * added.
 */
int exports_table_hang(struct exports_table *table, uint32_t dir, uint32_t entry, uint32_t *other);

/* Returns the host of a directory that applies to a client, or NULL. */
const struct exports_host *exports_table_host(const struct exports_table *table, uint32_t dir,
                                              const struct exports_address *address);

/* Records a directory that a client may mount. Returns 0 or -ENOMEM. */
int exports_table_add_share(struct exports_table *table, size_t entry, const char *dir, const char *top);

void exports_table_free(struct exports_table *table);

#endif
