/* SPDX-License-Identifier: MIT */
#include "index.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_SIZE 64u

static uint32_t bucket(const struct exports_index *index, uint64_t hash) {
    return (uint32_t)((hash ^ hash >> 32) & (index->size - 1));
}

static void link_node(struct exports_index *index, uint32_t node) {
    uint32_t *head = &index->heads[bucket(index, index->nodes[node].hash)];

    index->nodes[node].next = *head;
    *head = node;
}

static int grow(struct exports_index *index) {
    uint32_t size = index->size ? 2 * index->size : FIRST_SIZE;
    struct exports_index_node *nodes = realloc(index->nodes, size * sizeof(*nodes));
    uint32_t *heads;

    if (!nodes)
        return -ENOMEM;
    index->nodes = nodes;
    heads = malloc(size * sizeof(*heads));
    if (!heads)
        return -ENOMEM;
    free(index->heads);
    index->heads = heads;
    index->size = size;
    for (uint32_t i = 0; i < size; i++)
        heads[i] = EXPORTS_INDEX_END;
    for (uint32_t i = 0; i < index->count; i++)
        link_node(index, i);
    return 0;
}

int exports_index_add(struct exports_index *index, uint64_t hash, uint32_t value) {
    if (index->count == index->size && grow(index) < 0)
        return -ENOMEM;
    index->nodes[index->count] = (struct exports_index_node){.hash = hash, .value = value};
    link_node(index, index->count++);
    return 0;
}

uint32_t exports_index_next(const struct exports_index *index, uint64_t hash, uint32_t node) {
    if (!index->size)
        return EXPORTS_INDEX_END;
    node = node == EXPORTS_INDEX_END ? index->heads[bucket(index, hash)] : index->nodes[node].next;
    while (node != EXPORTS_INDEX_END && index->nodes[node].hash != hash)
        node = index->nodes[node].next;
    return node;
}

void exports_index_cut(struct exports_index *index, uint32_t count) {
    while (index->count > count) {
        uint32_t node = --index->count; /* the newest of its bucket */

        index->heads[bucket(index, index->nodes[node].hash)] = index->nodes[node].next;
    }
}

void exports_index_free(struct exports_index *index) {
    free(index->nodes);
    free(index->heads);
    *index = (struct exports_index){0};
}

void *exports_room(void *array, size_t count, size_t size) {
    return count & (count + 1) ? array : realloc(array, (2 * count + 1) * size);
}
