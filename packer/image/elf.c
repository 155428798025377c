/* SPDX-License-Identifier: MIT */
#include "elf.h"

#include <string.h>

#define HEADER_BYTES 64u
#define SEGMENT_BYTES 56u
#define CLASS_64 2
#define LITTLE_ENDIAN_DATA 1
#define TYPE_EXEC 2u
#define TYPE_DYN 3u /* static-pie */
#define SEGMENT_INTERP 3u

static uint16_t read16(const unsigned char *at) {
    return (uint16_t)(at[0] | at[1] << 8);
}

static uint64_t read_le(const unsigned char *at, unsigned int size) {
    uint64_t value = 0;

    while (size--)
        value = value << 8 | at[size];
    return value;
}

enum elf_answer elf_check(const unsigned char *bytes, size_t size, uint16_t *machine) {
    uint64_t table;
    unsigned int count;

    *machine = 0;
    if (size < HEADER_BYTES || memcmp(bytes, "\177ELF", 4) != 0 || bytes[4] != CLASS_64 ||
        bytes[5] != LITTLE_ENDIAN_DATA)
        return ELF_OTHER;
    if (read16(bytes + 16) != TYPE_EXEC && read16(bytes + 16) != TYPE_DYN)
        return ELF_OTHER;
    table = read_le(bytes + 32, 8);
    count = read16(bytes + 56);
    if (count == 0 || read16(bytes + 54) != SEGMENT_BYTES || table > size ||
        (uint64_t)count * SEGMENT_BYTES > size - table)
        return ELF_OTHER;
    *machine = read16(bytes + 18);
    for (unsigned int i = 0; i < count; i++)
        if (read_le(bytes + table + (uint64_t)i * SEGMENT_BYTES, 4) == SEGMENT_INTERP)
            return ELF_DYNAMIC;
    return ELF_STATIC;
}
