/* SPDX-License-Identifier: MIT */
/*
 * index: numbers found by the hash of a key, newest first; what was added last can be taken away again. Pure.
 * The keys themselves are compared by the caller.
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
    uint32_t *heads; /* size of them */
};

/* 0 or -ENOMEM. A zeroed index is empty. */
int exports_index_add(struct exports_index *index, uint64_t hash, uint32_t value);

/* The node of that hash behind `node`; EXPORTS_INDEX_END for the first one, and when there is none. */
uint32_t exports_index_next(const struct exports_index *index, uint64_t hash, uint32_t node);

/* Takes away all but the first count nodes. */
void exports_index_cut(struct exports_index *index, uint32_t count);

void exports_index_free(struct exports_index *index);

/* Room for one more at the end of an array of `count` items of `size` bytes, which grows to 1, 3, 7, …: the array,
 * which may have moved, or NULL without memory, and then it is as it was. */
void *exports_room(void *array, size_t count, size_t size);

#endif
