/* SPDX-License-Identifier: MIT */
/*
 * The header codec. What always holds: decoding never reads past NEWC_HEADER_BYTES, and what
 * newc_encode writes newc_decode reads back unchanged.
 */
#include "newc.h"

#include <stddef.h>
#include <string.h>

#define MAGIC_BYTES 6
#define FIELD_DIGITS 8

struct field {
    const char *name;
    size_t offset; /* in struct newc_header */
};

static const struct field fields[] = {
    {"ino", offsetof(struct newc_header, inode)},
    {"mode", offsetof(struct newc_header, mode)},
    {"uid", offsetof(struct newc_header, uid)},
    {"gid", offsetof(struct newc_header, gid)},
    {"nlink", offsetof(struct newc_header, links)},
    {"mtime", offsetof(struct newc_header, mtime_s)},
    {"filesize", offsetof(struct newc_header, size_bytes)},
    {"maj", offsetof(struct newc_header, device_major)},
    {"min", offsetof(struct newc_header, device_minor)},
    {"rmaj", offsetof(struct newc_header, special_major)},
    {"rmin", offsetof(struct newc_header, special_minor)},
    {"namesize", offsetof(struct newc_header, name_bytes)},
    {"chksum", offsetof(struct newc_header, checksum)},
};

#define FIELD_COUNT ((int)(sizeof(fields) / sizeof(fields[0])))

static int digit(unsigned char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Returns the number; *odd is set when the eight characters are not all hexadecimal digits. */
static uint32_t parse_field(const unsigned char *text, int *odd) {
    uint32_t value = 0;
    int i = 0;

    *odd = 0;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        *odd = 1;
        i = 2;
    }
    for (; i < FIELD_DIGITS; i++) {
        int d = digit(text[i]);

        if (d < 0) {
            *odd = 1;
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

enum newc_magic newc_decode(const unsigned char *raw, struct newc_header *header, int *odd_field) {
    enum newc_magic magic = read_magic(raw);

    *odd_field = -1;
    memset(header, 0, sizeof(*header));
    if (magic == NEWC_MAGIC_ODC || magic == NEWC_MAGIC_NONE)
        return magic;
    for (int i = 0; i < FIELD_COUNT; i++) {
        int odd;
        uint32_t value = parse_field(raw + MAGIC_BYTES + i * FIELD_DIGITS, &odd);

        memcpy((char *)header + fields[i].offset, &value, sizeof(value));
        if (odd && *odd_field < 0)
            *odd_field = i;
    }
    return magic;
}

const char *newc_field_name(int index) {
    return index >= 0 && index < FIELD_COUNT ? fields[index].name : "?";
}

void newc_encode(const struct newc_header *header, unsigned char *raw) {
    static const char digits[] = "0123456789ABCDEF";
    struct newc_header copy = *header;

    copy.checksum = 0;
    memcpy(raw, "070701", MAGIC_BYTES);
    for (int i = 0; i < FIELD_COUNT; i++) {
        unsigned char *text = raw + MAGIC_BYTES + i * FIELD_DIGITS;
        uint32_t value;

        memcpy(&value, (const char *)&copy + fields[i].offset, sizeof(value));
        for (int d = FIELD_DIGITS - 1; d >= 0; d--, value >>= 4)
            text[d] = (unsigned char)digits[value & 15];
    }
}

uint64_t newc_name_span(uint32_t name_bytes) {
    /* 110 is two more than a multiple of four, hence the kernel's odd-looking N_ALIGN. */
    return (((uint64_t)name_bytes + 1) & ~(uint64_t)3) + 2;
}

uint64_t newc_align(uint64_t size) {
    return (size + 3) & ~(uint64_t)3;
}
