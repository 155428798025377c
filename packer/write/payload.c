/* SPDX-License-Identifier: MIT */
#include "payload.h"

#include "../image/newc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define FIRST_INODE 0x75736d00u /* "usm", 0: archivers count up from small numbers, and do not reach it */
#define ELSEWHERE "."           /* the target of the link for is_fresh; any target would do */

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

int payload_gzip(const struct payload *plain, struct payload *out) {
    z_stream stream = {.next_in = plain->bytes, .avail_in = (uInt)plain->size};
    gz_header header = {.os = 255}; /* unknown: the same bytes everywhere */
    int rc;

    *out = (struct payload){0};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return -ENOMEM;
    deflateSetHeader(&stream, &header);
    stream.avail_out = (uInt)deflateBound(&stream, (uLong)plain->size);
    out->bytes = stream.next_out = calloc(1, stream.avail_out + 4);
    rc = out->bytes ? deflate(&stream, Z_FINISH) : Z_MEM_ERROR;
    out->size = (size_t)newc_align(stream.total_out);
    deflateEnd(&stream);
    if (rc == Z_STREAM_END)
        return 0;
    payload_free(out);
    return -ENOMEM;
}

void payload_free(struct payload *payload) {
    free(payload->bytes);
    *payload = (struct payload){0};
}
