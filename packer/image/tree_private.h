/* SPDX-License-Identifier: MIT */
/*
 * tree_private: the structures that the parts of the tree share: tree.c (storage), tree_hash.c (hash tables),
 * tree_path.c (path resolution), tree_calls.c (system calls), tree_apply.c (entries) and tree_walk.c (listing). Only
 * these files include it.
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
    uint32_t children;   /* of a directory: names in it */
    uint32_t path_bytes; /* of a directory: the length of its path from the root */
    tree_id parent;      /* of a directory */
    uint64_t size_bytes;
    uint32_t crc32;
    uint32_t segment;
    uint16_t machine;
    bool is_cut;
    bool mentions;
    bool lost_data;
    const char *target; /* in the arena */
};

/* The beginning of each item of a hash table. */
struct tree_chained {
    uint32_t next; /* the slot of the next item in the chain; 0 at its end */
    uint32_t hash;
    bool is_live; /* the item is in a chain */
};

/* One name: an edge from a directory to an inode. */
struct tree_name {
    struct tree_chained chained; /* if not live, the slot is free, and `next` is the next free slot */
    tree_id directory;
    tree_id inode;
    uint32_t length;
    const char *text; /* in the arena, not terminated */
};

/* The first name of an inode number, for find_link(). */
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
 * Each part of a path costs one step, also in a symbolic link on the way; a long part costs more. Each name also costs
 * the steps that listing its path will take.
 *
 * The rest is a cache of one lookup: the last directory that a path from the root led to. It is valid until a name is
 * removed. New names do not matter, because they cannot lie on a path that exists.
 */
struct tree_trail {
    uint64_t steps; /* the work done so far */
    tree_id directory;
    int links;     /* symbolic links followed on the way */
    size_t length; /* of path; 0: the cache is empty */
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
    uint32_t free_name; /* the first free slot of names */
    uint64_t name_count;
    tree_id open_file; /* the file that tree_data writes to */
    struct content content;
};

/* A path without its last part, resolved to a directory, and that last part. */
struct tree_place {
    tree_id parent;
    const char *name; /* the last part, in the given path */
    size_t length;    /* of name */
    enum { PLACE_NAME, PLACE_DOT, PLACE_DOTDOT, PLACE_ROOT } kind;
    bool has_slash; /* a slash follows the last part */
    int links;      /* symbolic links followed so far */
};

struct tree_inode *tree_inode_at(const struct tree *tree, tree_id inode);
struct tree_name *tree_name_at(const struct tree *tree, uint32_t slot);

/* If a limit is exceeded, these functions set tree->limit and return TREE_NONE, NULL or false. */
tree_id tree_add_inode(struct tree *tree, uint32_t mode, unsigned int segment);
bool tree_add_name(struct tree *tree, tree_id directory, const char *text, size_t length, tree_id inode);
const char *tree_keep(struct tree *tree, const char *text, size_t length);
void *tree_table_add(struct tree *tree, struct tree_table *table, uint32_t *slot);
bool tree_spend(struct tree *tree, size_t bytes);
bool tree_heads_grow(struct tree *tree, struct tree_heads *heads, const struct tree_table *table);

/* Returns the keyed hash of a number and a text. */
uint32_t tree_hash(const struct tree *tree, uint64_t first, const char *text, size_t length);

/* Inserts the item in `slot` of its table into the chain of its hash. */
void tree_heads_put(const struct tree_heads *heads, struct tree_chained *item, uint32_t hash, uint32_t slot);

static inline uint32_t *tree_head(const struct tree_heads *heads, uint32_t hash) {
    return &heads->slots[hash & (heads->count - 1)];
}

void tree_remove_name(struct tree *tree, tree_id directory, const char *text, size_t length);
tree_id tree_find_name(const struct tree *tree, tree_id directory, const char *text, size_t length);

/* filename_parentat(): resolves all of the path but its last part. `links` is the number of links followed before. */
enum tree_error tree_parent(const struct tree *tree, tree_id start, const char *path, int links,
                            struct tree_place *place);

/* Resolves a path from directory `start`. Adds the links that it follows to *links. */
enum tree_error tree_resolve(const struct tree *tree, tree_id start, const char *path, bool follow, int *links,
                             tree_id *inode);

/* clean_path(): deletes the file at path if its type differs from `type`. 0 differs from every type. */
void tree_clean_path(struct tree *tree, const char *path, uint32_t type);

/* mkdir(2), mknod(2) and symlink(2): creates an inode and a name for it. */
enum tree_error tree_make_node(struct tree *tree, const char *path, uint32_t mode, unsigned int segment, tree_id *made);

/* open(2) with O_CREAT and O_WRONLY. Follows a symbolic link, and creates the file that a dangling one points to. */
enum tree_error tree_open_file(struct tree *tree, const char *path, uint32_t mode, unsigned int segment, tree_id *file);

void tree_change_owner(struct tree *tree, tree_id inode, const struct newc_header *header);
void tree_change_mode(struct tree *tree, tree_id inode, uint32_t mode);

/* link(2). `from` is a name from tree_find_link. */
enum tree_error tree_link_name(struct tree *tree, const char *from, const char *path);

/* Forgets the names that tree_find_link recorded. */
void tree_forget_links(struct tree *tree);

/* find_link(): returns the name of an earlier entry with this inode number. Otherwise records path and returns NULL. */
const char *tree_find_link(struct tree *tree, const struct newc_header *header, const char *path);

static inline bool tree_is_type(const struct tree *tree, tree_id inode, uint32_t type) {
    return (tree_inode_at(tree, inode)->mode & NEWC_TYPE) == type;
}

#endif
