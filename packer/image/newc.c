/* SPDX-License-Identifier: MIT */
/*
 * Two invariants: newc_decode never reads beyond NEWC_HEADER_BYTES, and it returns what newc_encode was given.
 */
#include "newc.h"

#include <stddef.h>
#include <string.h>

#define MAGIC_BYTES 6
#define FIELD_DIGITS 8

#define FIELD_COUNT 13

_Static_assert(sizeof(struct newc_header) == FIELD_COUNT * sizeof(uint32_t), "the fields, in the order of the header");

static int digit(unsigned char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Returns the number. Sets *odd, and never clears it, if the eight characters are not all hexadecimal digits. */
static uint32_t parse_field(const unsigned char *text, bool *odd) {
    uint32_t value = 0;
    int i = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 2 : 0;

    *odd |= i > 0;
    for (; i < FIELD_DIGITS; i++) {
        int d = digit(text[i]);

        if (d < 0) {
            *odd = true;
            break;
        }
        value = value << 4 | (uint32_t)d;
    }
    return value;
}

static enum newc_magic read_magic(const unsigned char *raw) {
    static const char *const known[] = {
        [NEWC_MAGIC_NEWC] = "070701",
        [NEWC_MAGIC_CRC] = "070702",
        [NEWC_MAGIC_ODC] = "070707",
    };

    for (int i = 0; i < NEWC_MAGIC_NONE; i++)
        if (memcmp(raw, known[i], MAGIC_BYTES) == 0)
            return (enum newc_magic)i;
    return NEWC_MAGIC_NONE;
}

enum newc_magic newc_decode(const unsigned char *raw, struct newc_header *header, bool *odd) {
    enum newc_magic magic = read_magic(raw);

    *odd = false;
    memset(header, 0, sizeof(*header));
    if (magic == NEWC_MAGIC_ODC || magic == NEWC_MAGIC_NONE)
        return magic;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        uint32_t value = parse_field(raw + MAGIC_BYTES + i * FIELD_DIGITS, odd);

        memcpy((char *)header + i * sizeof(value), &value, sizeof(value));
    }
    return magic;
}

void newc_encode(const struct newc_header *header, unsigned char *raw) {
    static const char digits[] = "0123456789ABCDEF";
    struct newc_header copy = *header;

    copy.checksum = 0;
    memcpy(raw, "070701", MAGIC_BYTES);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        unsigned char *text = raw + MAGIC_BYTES + i * FIELD_DIGITS;
        uint32_t value;

        memcpy(&value, (const char *)&copy + i * sizeof(value), sizeof(value));
        for (int d = FIELD_DIGITS - 1; d >= 0; d--, value >>= 4)
            text[d] = (unsigned char)digits[value & 15];
    }
}

uint64_t newc_name_span(uint32_t name_bytes) {
    /* The kernel's N_ALIGN. The header's 110 bytes are two more than a multiple of 4. */
    return (((uint64_t)name_bytes + 1) & ~(uint64_t)3) + 2;
}

uint64_t newc_align(uint64_t size) {
    return (size + 3) & ~(uint64_t)3;
}
