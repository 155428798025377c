/* SPDX-License-Identifier: MIT */
/*
 * index: a hash table from keys to numbers, newest first. Pure. The last nodes can be removed again. The caller
 * compares the keys themselves.
 */
#ifndef PACKER_EXPORTS_INDEX_H
#define PACKER_EXPORTS_INDEX_H

#include <stddef.h>
#include <stdint.h>

#define EXPORTS_INDEX_END UINT32_MAX

struct exports_index {
    struct exports_index_node {
        uint64_t hash;
        uint32_t value;
        uint32_t next;
    } * nodes;
    uint32_t count;
    uint32_t size;
    uint32_t *heads; /* an array of `size` */
};

/* Adds a node. A zeroed index is empty. Returns 0 or -ENOMEM. */
int exports_index_add(struct exports_index *index, uint64_t hash, uint32_t value);

/* Returns the next node with that hash after `node`, or EXPORTS_INDEX_END. Pass EXPORTS_INDEX_END to get the first. */
uint32_t exports_index_next(const struct exports_index *index, uint64_t hash, uint32_t node);

/* Removes all nodes but the oldest `count`. */
void exports_index_cut(struct exports_index *index, uint32_t count);

void exports_index_free(struct exports_index *index);

/*
 * Makes room for one more item in an array of `count` items of `size` bytes. The array grows to 1, 3, 7, … items.
 * Returns the array, which may have moved, or NULL without memory; the old one then stays valid.
 */
void *exports_room(void *array, size_t count, size_t size);

#endif
