/* SPDX-License-Identifier: MIT */
/*
 * segment: an image's bytes as the kernel walks them: raw and compressed archives one after the
 * other, with any number of zero bytes between. Pure: the bytes are in memory (mapped), the
 * entries go to a sink, and memory use does not depend on what the image claims.
 * Source: init/initramfs.c, unpack_to_rootfs() and flush_buffer(); lib/decompress.c;
 * lib/decompress_inflate.c.
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
    /* Recognised and named, not read: */
    SEGMENT_BZIP2,
    SEGMENT_LZMA,
    SEGMENT_XZ,
    SEGMENT_LZO,
    SEGMENT_LZ4,
    SEGMENT_ZSTD,
    SEGMENT_UNKNOWN,
};

/* A raw segment ends with its trailer; a compressed one where its compressed data ends. */
struct segment {
    unsigned int number; /* from 1 */
    enum segment_kind kind;
    uint64_t offset;         /* of its first byte in the image */
    uint64_t size_bytes;     /* in the image; complete when the segment is closed */
    uint64_t unpacked_bytes; /* for a raw one the same as size_bytes */
    uint64_t entries;        /* trailers not counted */
    bool has_trailer;
};

/* A fault with its place. */
struct segment_fault {
    enum fault fault;
    unsigned int segment;   /* number, 0: before the first one */
    enum segment_kind kind; /* of that segment */
    uint64_t offset;        /* in the image; of the segment when the place is inside compressed data */
    uint64_t inside_bytes;  /* in the unpacked bytes of a compressed segment */
    bool is_inside;         /* inside_bytes has a meaning */
    char *path;             /* of the entry, where the fault is one of what entries do to each other; else NULL */
};

/* Where a walk reports to. Any function may be NULL but those of `archive`. */
struct segment_sink {
    struct archive_sink archive; /* `fault` in it is not used */
    void *context;
    void (*open)(void *context, const struct segment *segment);
    void (*close)(void *context, const struct segment *segment);
    void (*fault)(void *context, const struct segment_fault *fault);
    /* Called often, with the number of the image's bytes read so far. */
    void (*progress)(void *context, uint64_t bytes_done);
    /* Looked at often: true ends the walk at once, as if the image ended. */
    const bool *cancelled;
};

struct segment_limits {
    uint64_t unpacked_bytes; /* of all segments together; past it FAULT_TOO_LARGE */
};

/*
 * Walks the size bytes at bytes and reports to *sink. Returns the first stopping fault, FAULT_NONE
 * when the kernel would have reached the end (other faults may have been reported even so).
 * FAULT_NO_MEMORY: there is none for zlib's 40 KiB.
 */
enum fault segment_walk(const unsigned char *bytes, uint64_t size, const struct segment_limits *limits,
                        const struct segment_sink *sink);

/* The compressor by the two bytes the kernel looks at; SEGMENT_RAW is never the answer. */
enum segment_kind segment_detect(const unsigned char *bytes, uint64_t size);

/* "raw", "gzip", "xz", ... */
const char *segment_kind_name(enum segment_kind kind);

#endif
