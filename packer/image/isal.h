/* SPDX-License-Identifier: MIT */
/*
 * isal: a decoder of compressed data that takes half of zlib's time, where the build has found one (ISA-L; make's
 * ISAL). Pure. It never judges: whatever it does not like, zlib is asked.
 */
#ifndef PACKER_IMAGE_ISAL_H
#define PACKER_IMAGE_ISAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum quick_answer {
    QUICK_MORE,
    QUICK_END,   /* of the compressed data */
    QUICK_DOUBT, /* damaged, cut, or only unusual: what is in the piece means nothing */
};

struct quick;

/*
 * Starts at `offset` of the size bytes, which are not owned and outlive it. NULL when there is no such decoder, or no
 * memory for one: the caller goes on with zlib. The caller calls quick_free.
 */
struct quick *quick_new(const unsigned char *bytes, uint64_t size, uint64_t offset);

/*
 * Unpacks up to piece_bytes to piece. What it has unpacked so far lies before it, the last 32 KiB or as much as there
 * is. *got: a full piece, but for the last one.
 */
enum quick_answer quick_next(struct quick *quick, unsigned char *piece, size_t piece_bytes, size_t *got);

/* After QUICK_END the offset behind the compressed bytes; before it, about where they are read. */
uint64_t quick_position(const struct quick *quick);

/* NULL is fine. */
void quick_free(struct quick *quick);

/* zlib's crc32(), as fast as can be. */
uint32_t quick_crc32(uint32_t crc32, const unsigned char *bytes, size_t size);

#endif
