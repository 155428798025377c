/* SPDX-License-Identifier: MIT */
/*
 * segment: walks over an image in the kernel's order. Pure. An image consists of raw and compressed archives, with any
 * number of zero bytes between them. The entries go to a sink. No image can make the walk use more memory.
 * Sources: init/initramfs.c, unpack_to_rootfs() and flush_buffer(); lib/decompress.c; lib/decompress_inflate.c.
 */
#ifndef PACKER_SEGMENT_H
#define PACKER_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive.h"
#include "fault.h"

enum segment_kind {
    SEGMENT_RAW,
    SEGMENT_GZIP,
    /* Recognized, but not read: */
    SEGMENT_BZIP2,
    SEGMENT_LZMA,
    SEGMENT_XZ,
    SEGMENT_LZO,
    SEGMENT_LZ4,
    SEGMENT_ZSTD,
    SEGMENT_UNKNOWN,
};

/* A raw segment ends with its trailer, a compressed one with its compressed data. */
struct segment {
    unsigned int number; /* from 1 */
    enum segment_kind kind;
    uint64_t offset;         /* of its first byte in the image */
    uint64_t size_bytes;     /* in the image; valid when the segment is closed */
    uint64_t unpacked_bytes; /* the same as size_bytes for a raw segment */
    uint64_t entries;        /* without trailers */
    bool has_trailer;
};

/* A fault and its place. */
struct segment_fault {
    enum fault fault;
    unsigned int segment;   /* its number; 0 before the first segment */
    enum segment_kind kind; /* of that segment */
    uint64_t offset;        /* in the image; if is_inside, that of the segment */
    uint64_t inside_bytes;  /* the offset in the unpacked bytes of a compressed segment */
    bool is_inside;         /* inside_bytes is valid */
    char *path;             /* of the entry, for FAULT_LINK_EXISTS and FAULT_LINK_REPEATED; else NULL */
};

/* Receives the reports of a walk. Only the functions of `archive` must be set. */
struct segment_sink {
    struct archive_sink archive;
    void *context;
    void (*open)(void *context, const struct segment *segment);
    void (*close)(void *context, const struct segment *segment);
    void (*fault)(void *context, const struct segment_fault *fault);
    /* Called often, with the number of bytes of the image that were read. */
    void (*progress)(void *context, uint64_t bytes_done);
    /* Read often. True ends the walk. */
    const bool *cancelled;
};

/*
 * Walks over size bytes and reports to *sink. Returns the first stopping fault, or FAULT_NONE if the kernel would reach
 * the end. Other faults may have been reported in both cases. FAULT_NO_MEMORY: zlib could not allocate its 40 KiB.
 * FAULT_TOO_LARGE: all segments together unpack to more than unpacked_max_bytes.
 */
enum fault segment_walk(const unsigned char *bytes, uint64_t size, uint64_t unpacked_max_bytes,
                        const struct segment_sink *sink);

/* Returns the compressor by the first two bytes, or SEGMENT_UNKNOWN. Source: lib/decompress.c. */
enum segment_kind segment_detect(const unsigned char *bytes, uint64_t size);

/* Returns "raw", "gzip", "xz", ... */
const char *segment_kind_name(enum segment_kind kind);

#endif
