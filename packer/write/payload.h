/* SPDX-License-Identifier: MIT */
/*
 * payload: our own segment, from the files that go into it. Pure: same files, same bytes.
 */
#ifndef PACKER_PAYLOAD_H
#define PACKER_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One entry of the segment; nothing is owned. */
struct payload_item {
    const char *path;  /* relative to the root */
    uint32_t mode;     /* with type: a regular file, a directory or a symbolic link */
    const void *bytes; /* data or link target */
    size_t size;
    bool is_fresh; /* delete what is there first: else a rewrite would reach its hard links too */
};

struct payload {
    unsigned char *bytes; /* owned: payload_free */
    size_t size;          /* a multiple of 4 */
};

/*
 * A newc segment of the items in order, with uid and gid 0, the one mtime, and a trailer. 0 or
 * -ENOMEM; -EFBIG when an item has 4 GiB or more.
 */
int payload_build(const struct payload_item *items, size_t count, uint32_t mtime_s, struct payload *out);

/*
 * The segment compressed as the kernel reads it (no header fields), padded to a multiple of 4.
 * The bytes depend on zlib's version. 0 or -ENOMEM.
 */
int payload_gzip(const struct payload *plain, struct payload *out);

void payload_free(struct payload *payload);

#endif
