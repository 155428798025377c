/* SPDX-License-Identifier: MIT */
/*
 * The tree's hash tables: heads, and chains of table slots. The hash has a key. Whoever makes an image does not know
 * it, and cannot choose names or inode numbers that form a long chain. Source: Aumasson and Bernstein, "SipHash: a fast
 * short-input PRF". It has one round for each word and three at the end (SipHash-1-3), like the kernel's hsiphash() on
 * 64-bit machines (lib/siphash.c).
 */
#include "tree_private.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_HEADS 1024u

static uint64_t rotate(uint64_t value, unsigned int bits) {
    return value << bits | value >> (64 - bits);
}

static void mix(uint64_t v[4]) {
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static void take_word(uint64_t v[4], uint64_t word) {
    v[3] ^= word;
    mix(v);
    v[0] ^= word;
}

uint32_t tree_hash(const struct tree *tree, uint64_t first, const char *text, size_t length) {
    const uint64_t *key = tree->options.key;
    uint64_t v[4] = {key[0] ^ UINT64_C(0x736f6d6570736575), key[1] ^ UINT64_C(0x646f72616e646f6d),
                     key[0] ^ UINT64_C(0x6c7967656e657261), key[1] ^ UINT64_C(0x7465646279746573)};
    uint64_t last = (uint64_t)length << 56;
    uint64_t word;

    take_word(v, first);
    for (; length >= sizeof(word); text += sizeof(word), length -= sizeof(word)) {
        memcpy(&word, text, sizeof(word));
        take_word(v, word);
    }
    for (size_t i = 0; i < length; i++)
        last |= (uint64_t)(unsigned char)text[i] << 8 * i;
    take_word(v, last);
    v[2] ^= 0xff;
    mix(v);
    mix(v);
    mix(v);
    word = v[0] ^ v[1] ^ v[2] ^ v[3];
    return (uint32_t)(word ^ word >> 32);
}

static struct tree_chained *chained_at(const struct tree_table *table, uint32_t slot) {
    return (struct tree_chained *)((char *)table->items + (size_t)slot * table->item_bytes);
}

bool tree_heads_grow(struct tree *tree, struct tree_heads *heads, const struct tree_table *table) {
    uint32_t count = heads->count ? heads->count * 2 : FIRST_HEADS;
    uint32_t *slots;

    if (!tree_spend(tree, (size_t)count * sizeof(*slots)))
        return false;
    slots = calloc(count, sizeof(*slots));
    if (!slots) {
        tree->limit = TREE_LIMIT_MEMORY;
        return false;
    }
    for (uint32_t slot = 1; slot <= table->count; slot++) {
        struct tree_chained *item = chained_at(table, slot);

        if (!item->is_live)
            continue;
        item->next = slots[item->hash & (count - 1)];
        slots[item->hash & (count - 1)] = slot;
    }
    tree->memory_bytes -= (size_t)heads->count * sizeof(*slots);
    free(heads->slots);
    heads->slots = slots;
    heads->count = count;
    return true;
}

void tree_heads_put(const struct tree_heads *heads, struct tree_chained *item, uint32_t hash, uint32_t slot) {
    uint32_t *head = tree_head(heads, hash);

    *item = (struct tree_chained){.next = *head, .hash = hash, .is_live = true};
    *head = slot;
}
