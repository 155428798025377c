/* SPDX-License-Identifier: MIT */
/*
 * gunzip: one gzip member, unpacked in the pieces in which the kernel unpacks it. Pure. Of the header
 * only a file name is skipped; whatever else it may have is taken for data, as the kernel does. Where there is a quick
 * decoder it is used for what it is sure of, and zlib, the kernel's own, decides everything else: bytes, answers and
 * positions are those of zlib.
 * Source: lib/decompress_inflate.c; RFC 1952.
 */
#ifndef PACKER_GUNZIP_H
#define PACKER_GUNZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include "isal.h"

#define GUNZIP_PIECE_BYTES 32768u /* the kernel's output buffer; where it splits headers matters */
#define GUNZIP_TRAILER_BYTES 8u

enum gunzip_answer {
    GUNZIP_MORE,
    GUNZIP_END,     /* of the compressed data; the trailer is next */
    GUNZIP_CUT,     /* the bytes ended first */
    GUNZIP_DAMAGED, /* what is in the piece was before the damage */
    GUNZIP_NO_MEMORY,
};

struct gunzip {
    struct quick *quick; /* NULL: zlib decodes */
    z_stream stream;
    const unsigned char *bytes; /* the whole image; not owned */
    uint64_t size;
    uint64_t start; /* offset of the compressed data */
    uint64_t input; /* offset of the next byte that zlib has not been given */
    uint64_t unpacked_bytes;
    uint32_t crc32;
    enum gunzip_answer answer;                /* the last one of zlib */
    bool is_ended;                            /* by the quick decoder */
    unsigned char before[GUNZIP_PIECE_BYTES]; /* the piece before; the quick decoder looks back at it */
    unsigned char piece[GUNZIP_PIECE_BYTES];
};

/*
 * The size of the member's header at bytes, of which there are size; 0 when the kernel would say
 * that it is none. *odd is set when it has a field or flag that the kernel does not know.
 */
uint64_t gunzip_header(const unsigned char *bytes, uint64_t size, bool *odd);

/* Starts at `offset`, behind the header. 0 or -ENOMEM; after 0 the caller calls gunzip_stop. */
int gunzip_start(struct gunzip *gunzip, const unsigned char *bytes, uint64_t size, uint64_t offset);

/* Unpacks the next *got bytes to gunzip->piece; a full piece but for the last one, which may be empty. */
enum gunzip_answer gunzip_next(struct gunzip *gunzip, size_t *got);

/* The two sums of the trailer, GUNZIP_TRAILER_BYTES at bytes. */
void gunzip_trailer(const unsigned char *bytes, uint32_t *crc32, uint32_t *length);

/*
 * The offset behind the compressed bytes that zlib needs for what is unpacked. To be asked when the walk stops: in the
 * midst of a member zlib may have to unpack it anew up to there. Without memory for that, where the member's data
 * begin.
 */
uint64_t gunzip_position(struct gunzip *gunzip);

/* About the same, at once: for a progress bar. */
uint64_t gunzip_progress(const struct gunzip *gunzip);

void gunzip_stop(struct gunzip *gunzip);

#endif
