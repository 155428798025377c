/* SPDX-License-Identifier: MIT */
#include "sniff.h"

#include "isal.h"

#include <string.h>

#define ELF_BIG_ENDIAN 2

void content_start(struct content *content, bool with_crc, const char *needle) {
    memset(content, 0, sizeof(*content));
    content->with_crc = with_crc;
    content->needle = needle;
}

/* Compares both ends first. Data that repeats the first byte of the needle would make a memchr(3) search slow. */
static bool holds(const unsigned char *bytes, size_t size, const char *needle, size_t length) {
    const unsigned char first = (unsigned char)needle[0];
    const unsigned char last = (unsigned char)needle[length - 1];

    for (size_t i = 0; i + length <= size; i++)
        if (bytes[i + length - 1] == last && bytes[i] == first && memcmp(bytes + i, needle, length) == 0)
            return true;
    return false;
}

/* Searches the seam between the last two pieces, then the piece, and keeps its end for the next seam. */
static void search(struct content *content, const unsigned char *bytes, size_t size) {
    size_t length = strlen(content->needle);
    size_t start = size < length ? size : length - 1;
    unsigned char seam[2 * CONTENT_NEEDLE_BYTES];

    memcpy(seam, content->tail, content->tail_bytes);
    memcpy(seam + content->tail_bytes, bytes, start);
    content->found = holds(seam, content->tail_bytes + start, content->needle, length) ||
                     holds(bytes, size, content->needle, length);
    if (size >= length) {
        content->tail_bytes = length - 1;
        memcpy(content->tail, bytes + size - content->tail_bytes, content->tail_bytes);
    } else {
        size_t all = content->tail_bytes + size;
        size_t keep = all < length ? all : length - 1;

        memcpy(content->tail, seam + all - keep, keep);
        content->tail_bytes = keep;
    }
}

void content_feed(struct content *content, const unsigned char *bytes, size_t size) {
    if (content->size_bytes < CONTENT_HEAD_BYTES) {
        size_t at = (size_t)content->size_bytes;
        size_t room = CONTENT_HEAD_BYTES - at;

        memcpy(content->head + at, bytes, size < room ? size : room);
    }
    if (content->needle && !content->found)
        search(content, bytes, size);
    if (content->with_crc)
        content->crc32 = quick_crc32(content->crc32, bytes, size);
    content->size_bytes += size;
}

uint16_t content_machine(const struct content *content) {
    const unsigned char *head = content->head;

    if (content->size_bytes < CONTENT_HEAD_BYTES || memcmp(head, "\177ELF", 4) != 0)
        return 0;
    if (head[5] == ELF_BIG_ENDIAN)
        return (uint16_t)(head[18] << 8 | head[19]);
    return (uint16_t)(head[19] << 8 | head[18]);
}

const char *content_machine_name(uint16_t machine) {
    static const struct {
        uint16_t machine;
        const char *name;
    } table[] = {
        {3, "i386"},
        {8, "mips"},
        {20, "ppc"},
        {21, "ppc64"},
        {22, "s390x"},
        {40, "arm"},
        {CONTENT_MACHINE_X86_64, "x86_64"},
        {CONTENT_MACHINE_AARCH64, "aarch64"},
        {243, "riscv64"},
        {258, "loongarch64"},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (table[i].machine == machine)
            return table[i].name;
    return NULL;
}
