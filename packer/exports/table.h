/* SPDX-License-Identifier: MIT */
/*
 * table: the exports that nfsd has taken so far: volumes, on them directories that do not lie inside each
 * other, below these the ones that a line names beside them, and for each the hosts with their options. Pure.
 */
#ifndef PACKER_EXPORTS_TABLE_H
#define PACKER_EXPORTS_TABLE_H

#include "groups.h"

#define EXPORTS_NONE UINT32_MAX
#define EXPORTS_VOLUME_BYTES 1024 /* MAXPATHLEN of macOS */

struct exports_volume {
    char path[EXPORTS_VOLUME_BYTES]; /* where it is mounted */
    bool is_listed; /* nfsd has seen it: a line whose folders are missing falls back on it, and is offline */
    bool has_lines; /* a line for it was taken to its end: what fails later cannot take it all away */
};

struct exports_dir {
    char *path;       /* on the volume that holds it (exports_physical); owned */
    uint32_t volume;  /* of one below another: that directory instead */
    uint32_t entry;   /* the first one to name it */
    const char *word; /* so, of the file */
    bool is_below;
    bool has_default;
    uint32_t default_entry;
};

struct exports_host {
    uint32_t dir;
    uint32_t group;
    uint32_t entry;
};

/* A directory that nfsd exports, or one on the same line below it that may be mounted too. */
struct exports_share {
    size_t entry;
    const char *dir; /* of the file */
    const char *top; /* the exported directory; dir itself, but for one below it */
};

/* What became of an entry. */
struct exports_verdict {
    enum exports_fault fault; /* EXPORTS_FINE: nfsd takes the line */
    const char *word;         /* what is at fault: of the file, or "" */
    size_t other;             /* EXPORTS_NESTED, EXPORTS_TWICE, EXPORTS_TWO_DEFAULTS: the entry in its way */
    const char *other_dir;
    const char *hidden_dir; /* one below another whose options another line has set otherwise, or NULL */
    enum exports_fault
        offline;          /* why nfsd takes it without a folder, and lets every client wait; EXPORTS_FINE: not so */
    uint32_t group;       /* of the groups: its first */
    uint32_t group_count; /* 0: everybody */
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

/* How much there was, to go back to. */
struct exports_mark {
    uint32_t dirs;
    uint32_t hosts;
    uint32_t shares;
    uint32_t nodes;
};

struct exports_mark exports_table_mark(const struct exports_table *table);
void exports_table_back(struct exports_table *table, struct exports_mark mark);

/* The directory of that name on a volume, or below a directory; EXPORTS_NONE. */
uint32_t exports_table_find(const struct exports_table *table, bool is_below, uint32_t volume, const char *path);

/* A directory of the volume that path lies in or that lies in path; EXPORTS_NONE. */
uint32_t exports_table_nested(const struct exports_table *table, uint32_t volume, const char *path);

/* Makes it, as `dir` is written in the entry; EXPORTS_NONE without memory. */
uint32_t exports_table_add_dir(struct exports_table *table, bool is_below, uint32_t volume, const char *path,
                               uint32_t entry, const char *dir);

/*
 * Hangs the groups of an entry on a directory. 1 when there are hosts that it had not; 0; -EEXIST when another entry
 * (*other) has one of them with other options, and then those before it are hung; -ENOMEM.
 */
int exports_table_hang(struct exports_table *table, uint32_t dir, uint32_t entry, uint32_t *other);

/* The best host of a directory for a client of that address, or NULL. */
const struct exports_host *exports_table_host(const struct exports_table *table, uint32_t dir,
                                              const struct exports_address *address);

int exports_table_add_share(struct exports_table *table, size_t entry, const char *dir, const char *top);

void exports_table_free(struct exports_table *table);

#endif
