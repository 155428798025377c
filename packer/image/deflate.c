/* SPDX-License-Identifier: MIT */
#include "deflate.h"

#include <string.h>

#define KIND_STORED 0u
#define KIND_FIXED 1u
#define KIND_DYNAMIC 2u

#define LITERALS_MAX 286u /* literals, lengths, and the end of the block */
#define DISTANCES_MAX 30u
#define LENGTHS_MAX (LITERALS_MAX + DISTANCES_MAX)
#define END_OF_BLOCK 256u
#define CODE_BITS 15u  /* of the longest code */
#define META_COUNT 19u /* codes of the code lengths */
#define META_BITS 7u
#define REPEAT_LAST 16u

struct bits {
    const unsigned char *bytes;
    uint64_t size;
    uint64_t at; /* beyond 8 * size if there were too few bits */
};

/* One code of the code lengths. */
struct meta {
    uint8_t symbol;
    uint8_t bits;
};

/* Returns the next count bits, 0 to 16, without consuming them. Behind the end there are zeros. */
static unsigned int peek(const struct bits *bits, unsigned int count) {
    uint64_t byte = bits->at / 8;
    uint32_t word = 0;

    for (unsigned int i = 0; i < 3 && byte + i < bits->size; i++)
        word |= (uint32_t)bits->bytes[byte + i] << 8 * i;
    return word >> bits->at % 8 & ((1u << count) - 1);
}

static unsigned int take(struct bits *bits, unsigned int count) {
    unsigned int value = peek(bits, count);

    bits->at += count;
    return value;
}

/* Whether Kraft's sum is exactly one: each sequence of bits then has exactly one meaning. */
static bool is_complete(const uint8_t *lengths, unsigned int count) {
    uint32_t sum = 0;

    for (unsigned int i = 0; i < count; i++)
        if (lengths[i])
            sum += 1u << (CODE_BITS - lengths[i]);
    return sum == 1u << CODE_BITS;
}

static unsigned int reversed(unsigned int code, unsigned int bits) {
    unsigned int out = 0;

    while (bits--) {
        out = out << 1 | (code & 1);
        code >>= 1;
    }
    return out;
}

/* Fills the table that maps each META_BITS bits to the code that they begin with. The lengths are a complete set. */
static void make_table(const uint8_t *lengths, struct meta *table) {
    unsigned int code = 0;

    for (unsigned int bits = 1; bits <= META_BITS; bits++) {
        for (unsigned int symbol = 0; symbol < META_COUNT; symbol++) {
            if (lengths[symbol] != bits)
                continue;
            for (unsigned int at = reversed(code, bits); at < 1u << META_BITS; at += 1u << bits)
                table[at] = (struct meta){(uint8_t)symbol, (uint8_t)bits};
            code++;
        }
        code <<= 1;
    }
}

/* Reads the codes of the code lengths. Returns false if they are not complete. */
static bool read_meta(struct bits *bits, struct meta *table) {
    static const uint8_t order[META_COUNT] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[META_COUNT] = {0};
    unsigned int count = take(bits, 4) + 4;

    for (unsigned int i = 0; i < count; i++)
        lengths[order[i]] = (uint8_t)take(bits, 3);
    if (!is_complete(lengths, META_COUNT))
        return false;
    make_table(lengths, table);
    return true;
}

/* Reads exactly count lengths. A repeat may cross from the literals to the distances, but not the end. */
static bool read_lengths(struct bits *bits, const struct meta *table, uint8_t *lengths, unsigned int count) {
    static const struct {
        uint8_t bits;
        uint8_t least;
    } repeats[] = {{2, 3}, {3, 3}, {7, 11}}; /* symbol 16 repeats the last length; 17 and 18 repeat zero */
    unsigned int at = 0;

    while (at < count) {
        struct meta meta = table[peek(bits, META_BITS)];
        uint8_t length = meta.symbol;
        unsigned int times = 1;

        bits->at += meta.bits;
        if (meta.symbol >= REPEAT_LAST) {
            unsigned int kind = meta.symbol - REPEAT_LAST;

            if (kind == 0 && at == 0)
                return false;
            times = repeats[kind].least + take(bits, repeats[kind].bits);
            length = kind == 0 ? lengths[at - 1] : 0;
        }
        if (times > count - at)
            return false;
        memset(lengths + at, length, times);
        at += times;
    }
    return true;
}

static bool is_dynamic_sound(struct bits *bits) {
    struct meta table[1u << META_BITS];
    uint8_t lengths[LENGTHS_MAX];
    unsigned int literals = take(bits, 5) + 257;
    unsigned int distances = take(bits, 5) + 1;

    return literals <= LITERALS_MAX && distances <= DISTANCES_MAX && read_meta(bits, table) &&
           read_lengths(bits, table, lengths, literals + distances) && lengths[END_OF_BLOCK] != 0 &&
           is_complete(lengths, literals) && is_complete(lengths + literals, distances);
}

bool deflate_head_is_sound(const unsigned char *bytes, uint64_t size, uint64_t bit, bool *is_last) {
    struct bits bits = {bytes, size, bit};
    unsigned int kind;
    bool is_sound;

    *is_last = take(&bits, 1);
    kind = take(&bits, 2);
    is_sound = kind == KIND_STORED || kind == KIND_FIXED || (kind == KIND_DYNAMIC && is_dynamic_sound(&bits));
    return is_sound && bits.at / 8 + (bits.at % 8 != 0) <= size;
}
