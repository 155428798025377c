/* SPDX-License-Identifier: MIT */
/*
 * payload_read: the files in a payload that payload_build made, read back. Pure.
 */
#ifndef PACKER_WRITE_PAYLOAD_READ_H
#define PACKER_WRITE_PAYLOAD_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNPACKED_MAX_BYTES (64u << 20)

struct unpacked {
    const unsigned char *bytes; /* the newc archive */
    size_t size;
    bool is_gzip;         /* it was compressed */
    unsigned char *owned; /* then: bytes, or NULL */
};

struct unpacked_file {
    const unsigned char *bytes;
    size_t size;
    uint32_t mtime_s;
};

/* Opens the size bytes of a payload, which must outlive it. 0, -ENOMEM, or -EINVAL: not what payload_build makes. */
int unpacked_open(struct unpacked *unpacked, const unsigned char *payload, uint64_t size);

/* The regular file of that path, such as "etc/usermount.conf". */
bool unpacked_find(const struct unpacked *unpacked, const char *path, struct unpacked_file *file);

void unpacked_close(struct unpacked *unpacked);

#endif
