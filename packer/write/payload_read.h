/* SPDX-License-Identifier: MIT */
/*
 * payload_read: reads the files in a payload that payload_build made. Pure.
 */
#ifndef PACKER_WRITE_PAYLOAD_READ_H
#define PACKER_WRITE_PAYLOAD_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNPACKED_MAX_BYTES (64u << 20)

struct unpacked {
    const unsigned char *bytes; /* the newc archive, unpacked */
    size_t size;
    bool is_gzip;         /* the payload is compressed */
    unsigned char *owned; /* if is_gzip, the memory of `bytes`; else NULL */
};

struct unpacked_file {
    const unsigned char *bytes; /* in the archive */
    size_t size;
    uint32_t mtime_s;
};

/*
 * Opens a payload of size bytes and unpacks it if necessary. The payload must outlive *unpacked. Returns 0, -ENOMEM, or
 * -EINVAL if payload_build cannot have made it or it exceeds UNPACKED_MAX_BYTES. After 0 the caller calls
 * unpacked_close.
 */
int unpacked_open(struct unpacked *unpacked, const unsigned char *payload, uint64_t size);

/* Finds the regular file with that path, such as "etc/usermount.conf". Returns false if there is none. */
bool unpacked_find(const struct unpacked *unpacked, const char *path, struct unpacked_file *file);

void unpacked_close(struct unpacked *unpacked);

#endif
