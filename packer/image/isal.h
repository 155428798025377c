/* SPDX-License-Identifier: MIT */
/*
 * isal: decodes deflate data in half of zlib's time, if the build found ISA-L (make ISAL=yes). Pure. It never decides
 * that data is bad: it returns QUICK_DOUBT, and the caller asks zlib.
 */
#ifndef PACKER_IMAGE_ISAL_H
#define PACKER_IMAGE_ISAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum quick_answer {
    QUICK_MORE,
    QUICK_END,   /* the compressed data ended */
    QUICK_DOUBT, /* the data is damaged, cut short or only unusual; the piece is undefined */
};

struct quick;

/*
 * Starts at `offset` of size bytes, which must outlive the decoder. Returns NULL without ISA-L and without memory: the
 * caller then uses zlib. The caller calls quick_free.
 */
struct quick *quick_new(const unsigned char *bytes, uint64_t size, uint64_t offset);

/*
 * Unpacks to piece. The bytes unpacked before, up to 32 KiB of them, must lie in front of it. Sets *got to piece_bytes,
 * or to less at the end.
 */
enum quick_answer quick_next(struct quick *quick, unsigned char *piece, size_t piece_bytes, size_t *got);

/* Returns the offset behind the compressed bytes after QUICK_END, and an approximation before. */
uint64_t quick_position(const struct quick *quick);

/* NULL is allowed. */
void quick_free(struct quick *quick);

/* Returns the value of zlib's crc32(). Uses ISA-L if the build found it. */
uint32_t quick_crc32(uint32_t crc32, const unsigned char *bytes, size_t size);

#endif
