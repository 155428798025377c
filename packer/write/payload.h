/* SPDX-License-Identifier: MIT */
/*
 * payload: builds the segment that `add` appends. Pure. The same files give the same bytes.
 */
#ifndef PACKER_PAYLOAD_H
#define PACKER_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One entry of the segment. Nothing is owned. */
struct payload_item {
    const char *path;  /* relative to the root */
    uint32_t mode;     /* with the type: a regular file, a directory or a symbolic link */
    const void *bytes; /* data or link target */
    size_t size;
    bool is_fresh; /* delete the base's file first: the kernel would otherwise rewrite its other hard links too */
};

struct payload {
    unsigned char *bytes; /* owned: payload_free */
    size_t size;          /* a multiple of 4 */
};

/*
 * Builds a newc segment with the items in their order and a trailer. All entries have uid 0, gid 0 and mtime_s. The
 * caller calls payload_free. Returns 0, -ENOMEM, or -EFBIG if an item exceeds UINT32_MAX - 4 bytes.
 */
int payload_build(const struct payload_item *items, size_t count, uint32_t mtime_s, struct payload *out);

/*
 * Compresses the segment to one gzip member (RFC 1952) without optional header fields, and pads it to a multiple of 4
 * bytes. The kernel supports no other fields. The bytes depend on zlib's version. The caller calls payload_free.
 * Returns 0 or -ENOMEM.
 */
int payload_gzip(const struct payload *plain, struct payload *out);

void payload_free(struct payload *payload);

#endif
