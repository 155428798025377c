/* SPDX-License-Identifier: MIT */
/*
 * tree_private: what the parts of the tree share: tree.c (storage), tree_hash.c (tables), tree_path.c (names to
 * inodes), tree_calls.c (system calls), tree_apply.c (entries), tree_walk.c (listing). For these files only.
 */
#ifndef PACKER_TREE_PRIVATE_H
#define PACKER_TREE_PRIVATE_H

#include "tree.h"

#define TREE_NAME_MAX 255u
#define TREE_LINKS_MAX 40 /* MAXSYMLINKS of fs/namei.c */

struct tree_inode {
    uint32_t mode;
    uint32_t uid;
    uint32_t gid;
    uint32_t special_major;
    uint32_t special_minor;
    uint32_t links;      /* names */
    uint32_t children;   /* directories: names inside */
    uint32_t path_bytes; /* directories: of the path from the root */
    tree_id parent;      /* directories */
    uint64_t size_bytes;
    uint32_t crc32;
    uint32_t segment;
    uint16_t machine;
    bool is_cut;
    bool mentions;
    bool lost_data;
    const char *target; /* in the arena */
};

/* What each item of a hash table begins with. */
struct tree_chained {
    uint32_t next; /* slot of the next one of the chain; 0 ends it */
    uint32_t hash;
    bool is_live; /* false: in no chain */
};

/* One name: an edge from a directory to an inode. */
struct tree_name {
    struct tree_chained chained; /* not live: the slot is free, and `next` leads to the next free one */
    tree_id directory;
    tree_id inode;
    uint32_t length;
    const char *text; /* in the arena, not terminated */
};

/* find_link() of the kernel: the first name under which an inode number was seen. */
struct tree_link {
    struct tree_chained chained;
    uint32_t inode_number;
    uint32_t major;
    uint32_t minor;
    uint32_t type;
    const char *path; /* in the arena */
};

struct tree_block {
    struct tree_block *next;
    size_t used;
    size_t size;
    char bytes[];
};

struct tree_table {
    void *items;
    size_t item_bytes;
    uint32_t count; /* slot 0 is never used */
    uint32_t capacity;
};

struct tree_heads {
    uint32_t *slots;
    uint32_t count; /* a power of two, at least as many as live items */
};

/*
 * What lookups leave behind. The last directory that a path from the root led to: as long as no name was removed, the
 * same beginning leads there again, as a name that is added was not on the way.
 */
struct tree_trail {
    uint64_t steps;
    tree_id directory;
    int links;
    size_t length; /* of path; 0: there is none */
    char path[NEWC_PATH_MAX];
};

struct tree {
    struct tree_options options;
    size_t memory_bytes; /* in use */
    enum tree_limit limit;
    struct tree_block *arena;
    struct tree_table inodes;
    struct tree_table names;
    struct tree_table links;
    struct tree_heads name_heads;
    struct tree_heads link_heads;
    struct tree_trail *trail;
    uint32_t free_name; /* chain of free slots */
    uint64_t name_count;
    tree_id open_file; /* that tree_data feeds */
    struct content content;
};

/* A path cut at its last part; the parent has been looked up, links followed. */
struct tree_place {
    tree_id parent;
    const char *name; /* in the path given */
    size_t length;
    enum { PLACE_NAME, PLACE_DOT, PLACE_DOTDOT, PLACE_ROOT } kind;
    bool has_slash; /* something/ */
    int links;      /* followed so far */
};

struct tree_inode *tree_inode_at(const struct tree *tree, tree_id inode);
struct tree_name *tree_name_at(const struct tree *tree, uint32_t slot);

/* All of these set tree->limit and return TREE_NONE, NULL or false when a limit is hit. */
tree_id tree_add_inode(struct tree *tree, uint32_t mode, unsigned int segment);
bool tree_add_name(struct tree *tree, tree_id directory, const char *text, size_t length, tree_id inode);
const char *tree_keep(struct tree *tree, const char *text, size_t length);
void *tree_table_add(struct tree *tree, struct tree_table *table, uint32_t *slot);
bool tree_spend(struct tree *tree, size_t bytes);
bool tree_heads_grow(struct tree *tree, struct tree_heads *heads, const struct tree_table *table);

/* The keyed hash of a number and a text. */
uint32_t tree_hash(const struct tree *tree, uint64_t first, const char *text, size_t length);

/* Puts the item in `slot` of its table into the chain of its hash. */
void tree_heads_put(const struct tree_heads *heads, struct tree_chained *item, uint32_t hash, uint32_t slot);

static inline uint32_t *tree_head(const struct tree_heads *heads, uint32_t hash) {
    return &heads->slots[hash & (heads->count - 1)];
}

void tree_remove_name(struct tree *tree, tree_id directory, const char *text, size_t length);
tree_id tree_find_name(const struct tree *tree, tree_id directory, const char *text, size_t length);

/* filename_parentat(): everything but the last part. `links` starts the count of links followed. */
enum tree_error tree_parent(const struct tree *tree, tree_id start, const char *path, int links,
                            struct tree_place *place);

/* tree_lookup from a directory other than the root. *links counts on. */
enum tree_error tree_resolve(const struct tree *tree, tree_id start, const char *path, bool follow, int *links,
                             tree_id *inode);

/* clean_path(): deletes what is at path if its type differs from `type`; 0 differs from every type. */
void tree_clean_path(struct tree *tree, const char *path, uint32_t type);

/* mkdir(2), mknod(2), symlink(2): a new inode under a new name. */
enum tree_error tree_make_node(struct tree *tree, const char *path, uint32_t mode, unsigned int segment, tree_id *made);

/* open(2) with O_CREAT and O_WRONLY; a last link is followed, also one that leads nowhere yet. */
enum tree_error tree_open_file(struct tree *tree, const char *path, uint32_t mode, unsigned int segment, tree_id *file);

void tree_change_owner(struct tree *tree, tree_id inode, const struct newc_header *header);
void tree_change_mode(struct tree *tree, tree_id inode, uint32_t mode);

/* link(2); from is a name that tree_find_link gave. */
enum tree_error tree_link_name(struct tree *tree, const char *from, const char *path);

/* Forgets the names that tree_find_link noted. */
void tree_forget_links(struct tree *tree);

/* find_link(): the name an earlier entry with this inode number had, or NULL after noting this one. */
const char *tree_find_link(struct tree *tree, const struct newc_header *header, const char *path);

static inline bool tree_is_type(const struct tree *tree, tree_id inode, uint32_t type) {
    return (tree_inode_at(tree, inode)->mode & NEWC_TYPE) == type;
}

#endif
