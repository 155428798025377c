/* SPDX-License-Identifier: MIT */
#include "payload.h"

#include "../image/newc.h"
#include "../image/isal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define FIRST_INODE 0x75736d00u /* "usm", 0: archivers count up from small numbers, and do not reach it */
#define ELSEWHERE "."           /* the target of the link for is_fresh; any target would do */
#define GZIP_HEADER_BYTES 10u
#define GZIP_TRAILER_BYTES 8u

static size_t entry_bytes(const char *path, size_t size) {
    size_t name = NEWC_HEADER_BYTES + (size_t)newc_name_span((uint32_t)strlen(path) + 1);

    return name + (size_t)newc_align(size);
}

static size_t item_bytes(const struct payload_item *item) {
    size_t fresh = item->is_fresh ? entry_bytes(item->path, strlen(ELSEWHERE)) : 0;

    return fresh + entry_bytes(item->path, item->size);
}

/* Appends one entry. The padding behind it is zero already. */
static void put_entry(struct payload *out, const struct payload_item *item, uint32_t inode, uint32_t mtime_s) {
    struct newc_header header = {
        .inode = inode,
        .mode = item->mode,
        .links = 1,
        .mtime_s = mtime_s,
        .size_bytes = (uint32_t)item->size,
        .name_bytes = (uint32_t)strlen(item->path) + 1,
    };
    unsigned char *at = out->bytes + out->size;

    newc_encode(&header, at);
    memcpy(at + NEWC_HEADER_BYTES, item->path, header.name_bytes);
    if (item->size)
        memcpy(at + NEWC_HEADER_BYTES + newc_name_span(header.name_bytes), item->bytes, item->size);
    out->size += entry_bytes(item->path, item->size);
}

int payload_build(const struct payload_item *items, size_t count, uint32_t mtime_s, struct payload *out) {
    const struct payload_item trailer = {.path = NEWC_TRAILER};
    size_t total = item_bytes(&trailer);
    uint32_t inode = FIRST_INODE;

    *out = (struct payload){0};
    for (size_t i = 0; i < count; i++) {
        if (items[i].size > UINT32_MAX - 4)
            return -EFBIG;
        total += item_bytes(&items[i]);
    }
    out->bytes = calloc(1, total);
    if (!out->bytes)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        if (items[i].is_fresh) {
            /* The kernel deletes the old file for the symbolic link, and the link for the new file. */
            struct payload_item link = {items[i].path, NEWC_SYMLINK | 0777, ELSEWHERE, strlen(ELSEWHERE), false};

            put_entry(out, &link, inode++, mtime_s);
        }
        put_entry(out, &items[i], inode++, mtime_s);
    }
    put_entry(out, &trailer, 0, 0);
    return 0;
}

static void put_le32(unsigned char *at, uint32_t value) {
    for (unsigned int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

int payload_gzip(const struct payload *plain, struct payload *out) {
    static const unsigned char header[GZIP_HEADER_BYTES] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255};
    z_stream stream = {.next_in = plain->bytes, .avail_in = (uInt)plain->size};
    size_t room;
    int rc;

    *out = (struct payload){0};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return -ENOMEM;
    room = deflateBound(&stream, (uLong)plain->size);
    out->bytes = calloc(1, GZIP_HEADER_BYTES + room + GZIP_TRAILER_BYTES + 4);
    if (!out->bytes) {
        deflateEnd(&stream);
        return -ENOMEM;
    }
    memcpy(out->bytes, header, sizeof(header));
    stream.next_out = out->bytes + GZIP_HEADER_BYTES;
    stream.avail_out = (uInt)room;
    rc = deflate(&stream, Z_FINISH);
    out->size = GZIP_HEADER_BYTES + stream.total_out;
    deflateEnd(&stream);
    if (rc != Z_STREAM_END) {
        payload_free(out);
        return -ENOMEM;
    }
    put_le32(out->bytes + out->size, quick_crc32(0, plain->bytes, plain->size));
    put_le32(out->bytes + out->size + 4, (uint32_t)plain->size);
    out->size = (size_t)newc_align(out->size + GZIP_TRAILER_BYTES);
    return 0;
}

void payload_free(struct payload *payload) {
    free(payload->bytes);
    *payload = (struct payload){0};
}
