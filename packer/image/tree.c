/* SPDX-License-Identifier: MIT */
/*
 * The tree's storage: inodes, names, and an arena for texts. Three invariants: an index stays valid, the memory in use
 * never exceeds the limit, and slot 0 of each table is not used.
 */
#include "tree_private.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 65536u
#define FIRST_CAPACITY 256u
#define LISTED_BYTES 4u /* listing that many bytes of a path costs one step */

/* Takes bytes from the budget. Returns false if it is exceeded. */
bool tree_spend(struct tree *tree, size_t bytes) {
    if (bytes > tree->options.memory_bytes - tree->memory_bytes)
        tree->limit = TREE_LIMIT_NAMES;
    else
        tree->memory_bytes += bytes;
    return tree->limit == TREE_LIMIT_NONE;
}

const char *tree_keep(struct tree *tree, const char *text, size_t length) {
    struct tree_block *block = tree->arena;
    char *copy;

    if (!block || block->size - block->used < length + 1) {
        size_t size = length + 1 > BLOCK_BYTES ? length + 1 : BLOCK_BYTES;

        if (!tree_spend(tree, sizeof(*block) + size))
            return NULL;
        block = malloc(sizeof(*block) + size);
        if (!block) {
            tree->limit = TREE_LIMIT_MEMORY;
            return NULL;
        }
        *block = (struct tree_block){.next = tree->arena, .size = size};
        tree->arena = block;
    }
    copy = block->bytes + block->used;
    memcpy(copy, text, length);
    copy[length] = '\0';
    block->used += length + 1;
    return copy;
}

void *tree_table_add(struct tree *tree, struct tree_table *table, uint32_t *slot) {
    if (table->count + 1 >= table->capacity) {
        uint32_t capacity = table->capacity ? table->capacity * 2 : FIRST_CAPACITY;
        size_t more = (size_t)(capacity - table->capacity) * table->item_bytes;
        void *items;

        if (capacity > UINT32_MAX / 4)
            tree->limit = TREE_LIMIT_NAMES;
        if (!tree_spend(tree, more))
            return NULL;
        items = realloc(table->items, (size_t)capacity * table->item_bytes);
        if (!items) {
            tree->limit = TREE_LIMIT_MEMORY;
            return NULL;
        }
        memset((char *)items + (size_t)table->capacity * table->item_bytes, 0, more);
        table->items = items;
        table->capacity = capacity;
    }
    *slot = ++table->count;
    return (char *)table->items + (size_t)*slot * table->item_bytes;
}

struct tree_inode *tree_inode_at(const struct tree *tree, tree_id inode) {
    return (struct tree_inode *)tree->inodes.items + inode;
}

struct tree_name *tree_name_at(const struct tree *tree, uint32_t slot) {
    return (struct tree_name *)tree->names.items + slot;
}

tree_id tree_add_inode(struct tree *tree, uint32_t mode, unsigned int segment) {
    tree_id id = TREE_NONE;
    struct tree_inode *inode = tree_table_add(tree, &tree->inodes, &id);

    if (!inode)
        return TREE_NONE;
    inode->mode = mode;
    inode->segment = segment;
    return id;
}

/* Returns the link of the chain (a head or a `next`) that contains the name's slot, or 0 if there is no such name. */
static uint32_t *find_slot(const struct tree *tree, uint32_t hash, tree_id directory, const char *text, size_t length) {
    uint32_t *link = tree_head(&tree->name_heads, hash);

    while (*link) {
        struct tree_name *name = tree_name_at(tree, *link);

        if (name->chained.hash == hash && name->directory == directory && name->length == length &&
            memcmp(name->text, text, length) == 0)
            break;
        link = &name->chained.next;
    }
    return link;
}

tree_id tree_find_name(const struct tree *tree, tree_id directory, const char *text, size_t length) {
    uint32_t slot = *find_slot(tree, tree_hash(tree, directory, text, length), directory, text, length);

    return slot ? tree_name_at(tree, slot)->inode : TREE_NONE;
}

/* Returns a free slot or a new one. The old text of a free slot stays in the arena, and in the budget. */
static struct tree_name *take_slot(struct tree *tree, uint32_t *slot) {
    if (tree->free_name == 0)
        return tree_table_add(tree, &tree->names, slot);
    *slot = tree->free_name;
    tree->free_name = tree_name_at(tree, *slot)->chained.next;
    return tree_name_at(tree, *slot);
}

/* Updates the directory and the inode of a new name. Many names in a deep folder make a long list, so each name costs
 * the steps for its own line. */
static void settle_name(struct tree *tree, const struct tree_name *name) {
    struct tree_inode *directory = tree_inode_at(tree, name->directory);
    struct tree_inode *inode = tree_inode_at(tree, name->inode);
    uint32_t path_bytes = directory->path_bytes + 1 + name->length;

    directory->children++;
    inode->links++;
    if (tree_is_type(tree, name->inode, NEWC_DIRECTORY)) {
        inode->parent = name->directory;
        inode->path_bytes = path_bytes;
    }
    tree->trail->steps += (path_bytes < NEWC_PATH_MAX ? path_bytes : NEWC_PATH_MAX) / LISTED_BYTES;
}

bool tree_add_name(struct tree *tree, tree_id directory, const char *text, size_t length, tree_id inode) {
    uint32_t hash = tree_hash(tree, directory, text, length);
    const char *kept = tree_keep(tree, text, length);
    struct tree_name *name;
    uint32_t slot;

    if (!kept ||
        (tree->name_count >= tree->name_heads.count && !tree_heads_grow(tree, &tree->name_heads, &tree->names)))
        return false;
    name = take_slot(tree, &slot);
    if (!name)
        return false;
    *name = (struct tree_name){.directory = directory, .inode = inode, .length = (uint32_t)length, .text = kept};
    tree_heads_put(&tree->name_heads, &name->chained, hash, slot);
    tree->name_count++;
    settle_name(tree, name);
    return true;
}

void tree_remove_name(struct tree *tree, tree_id directory, const char *text, size_t length) {
    uint32_t *link = find_slot(tree, tree_hash(tree, directory, text, length), directory, text, length);
    uint32_t slot = *link;
    struct tree_name *name = tree_name_at(tree, slot);

    if (slot == 0)
        return;
    *link = name->chained.next;
    tree_inode_at(tree, directory)->children--;
    tree_inode_at(tree, name->inode)->links--;
    name->chained = (struct tree_chained){.next = tree->free_name};
    tree->free_name = slot;
    tree->name_count--;
    tree->trail->length = 0;
}

static bool add_builtin(struct tree *tree, tree_id directory, const char *name, uint32_t mode, tree_id *added) {
    *added = tree_add_inode(tree, mode, 0);
    return *added != TREE_NONE && tree_add_name(tree, directory, name, strlen(name), *added);
}

static bool add_builtins(struct tree *tree) {
    tree_id dev;
    tree_id console;
    tree_id root_home;

    if (!tree_heads_grow(tree, &tree->name_heads, &tree->names) ||
        tree_add_inode(tree, NEWC_DIRECTORY | 0755, 0) != TREE_ROOT)
        return false;
    tree_inode_at(tree, TREE_ROOT)->parent = TREE_ROOT;
    if (!add_builtin(tree, TREE_ROOT, "dev", NEWC_DIRECTORY | 0755, &dev) ||
        !add_builtin(tree, dev, "console", NEWC_CHAR | 0600, &console) ||
        !add_builtin(tree, TREE_ROOT, "root", NEWC_DIRECTORY | 0700, &root_home))
        return false;
    tree_inode_at(tree, console)->special_major = 5;
    tree_inode_at(tree, console)->special_minor = 1;
    return true;
}

struct tree *tree_new(const struct tree_options *options) {
    struct tree *tree = calloc(1, sizeof(*tree));

    if (!tree)
        return NULL;
    tree->options = *options;
    tree->inodes.item_bytes = sizeof(struct tree_inode);
    tree->names.item_bytes = sizeof(struct tree_name);
    tree->links.item_bytes = sizeof(struct tree_link);
    tree->trail = calloc(1, sizeof(*tree->trail));
    if (!tree->trail || !add_builtins(tree)) {
        tree_free(tree);
        return NULL;
    }
    return tree;
}

void tree_free(struct tree *tree) {
    if (!tree)
        return;
    while (tree->arena) {
        struct tree_block *next = tree->arena->next;

        free(tree->arena);
        tree->arena = next;
    }
    free(tree->inodes.items);
    free(tree->names.items);
    free(tree->links.items);
    free(tree->name_heads.slots);
    free(tree->link_heads.slots);
    free(tree->trail);
    free(tree);
}

enum tree_limit tree_limit(const struct tree *tree) {
    return tree->limit;
}

uint64_t tree_names(const struct tree *tree) {
    return tree->name_count;
}

void tree_stat(const struct tree *tree, tree_id inode, struct tree_stat *out) {
    const struct tree_inode *from = tree_inode_at(tree, inode);

    *out = (struct tree_stat){
        .mode = from->mode,
        .uid = from->uid,
        .gid = from->gid,
        .special_major = from->special_major,
        .special_minor = from->special_minor,
        .links = from->links,
        .size_bytes = from->size_bytes,
        .crc32 = from->crc32,
        .machine = from->machine,
        .is_cut = from->is_cut,
        .mentions = from->mentions,
        .lost_data = from->lost_data,
        .segment = from->segment,
        .target = from->target,
    };
}
