/* SPDX-License-Identifier: MIT */
/*
 * gunzip: unpacks one gzip member in pieces of the kernel's size. Pure. The kernel skips a file name in the header, and
 * reads any other optional field as data; so does this. If the build has a quick decoder (isal.h), it unpacks the
 * blocks that it is sure of, and zlib, which the kernel contains too, does the rest. Bytes, answers and positions are
 * always those of zlib. Sources: lib/decompress_inflate.c; RFC 1952.
 */
#ifndef PACKER_GUNZIP_H
#define PACKER_GUNZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include "isal.h"

#define GUNZIP_PIECE_BYTES 32768u /* the kernel's output buffer; FAULT_ASTRAY depends on its size */
#define GUNZIP_TRAILER_BYTES 8u

enum gunzip_answer {
    GUNZIP_MORE,
    GUNZIP_END,     /* the compressed data ended; the trailer follows */
    GUNZIP_CUT,     /* the bytes ended too early */
    GUNZIP_DAMAGED, /* the piece holds the bytes before the damage */
    GUNZIP_NO_MEMORY,
};

struct gunzip {
    struct quick *quick; /* NULL: zlib decodes */
    z_stream stream;
    const unsigned char *bytes; /* the whole image; not owned */
    uint64_t size;
    uint64_t start; /* the offset of the compressed data */
    uint64_t input; /* the offset of the next byte for zlib */
    uint64_t unpacked_bytes;
    uint32_t crc32;
    enum gunzip_answer answer;                /* zlib's last answer */
    bool is_ended;                            /* the quick decoder reached the end */
    unsigned char before[GUNZIP_PIECE_BYTES]; /* the previous piece: the quick decoder's window */
    unsigned char piece[GUNZIP_PIECE_BYTES];
};

/*
 * Returns the size of the gzip header at bytes, or 0 if the kernel rejects it. Sets *odd if it has a field or a flag
 * that the kernel does not support.
 */
uint64_t gunzip_header(const unsigned char *bytes, uint64_t size, bool *odd);

/* Starts at `offset`, behind the header. The bytes must outlive *gunzip. Returns 0 or -ENOMEM. After 0 the caller calls
 * gunzip_stop. */
int gunzip_start(struct gunzip *gunzip, const unsigned char *bytes, uint64_t size, uint64_t offset);

/* Unpacks the next *got bytes to gunzip->piece: GUNZIP_PIECE_BYTES, or 0 to that many at the end. */
enum gunzip_answer gunzip_next(struct gunzip *gunzip, size_t *got);

/* Reads the checksum and the length from the GUNZIP_TRAILER_BYTES at bytes. */
void gunzip_trailer(const unsigned char *bytes, uint32_t *crc32, uint32_t *length);

/*
 * Returns the offset behind the compressed bytes that zlib needs for what is unpacked so far. This is slow in the
 * middle of a member, where zlib may have to unpack it again: call it only when the walk stops. Returns the start of
 * the compressed data if there is no memory for that.
 */
uint64_t gunzip_position(struct gunzip *gunzip);

/* Returns an approximation of it at once, for a progress bar. */
uint64_t gunzip_progress(const struct gunzip *gunzip);

/* Frees the decoders. */
void gunzip_stop(struct gunzip *gunzip);

#endif
