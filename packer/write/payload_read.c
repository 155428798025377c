/* SPDX-License-Identifier: MIT */
#include "payload_read.h"

#include "../image/gunzip.h"
#include "../image/newc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Appends a piece. Returns 0, -ENOMEM or -EINVAL. */
static int grow(struct unpacked *unpacked, const unsigned char *piece, size_t size) {
    unsigned char *more;

    if (size > UNPACKED_MAX_BYTES - unpacked->size)
        return -EINVAL;
    more = realloc(unpacked->owned, unpacked->size + size + 1);
    if (!more)
        return -ENOMEM;
    memcpy(more + unpacked->size, piece, size);
    unpacked->owned = more;
    unpacked->bytes = more;
    unpacked->size += size;
    return 0;
}

static int inflate_all(struct unpacked *unpacked, const unsigned char *payload, uint64_t size) {
    struct gunzip *gunzip = malloc(sizeof(*gunzip));
    enum gunzip_answer answer = GUNZIP_MORE;
    bool odd;
    uint64_t header = gunzip_header(payload, size, &odd);
    int rc = gunzip ? 0 : -ENOMEM;

    if (rc == 0)
        rc = header ? gunzip_start(gunzip, payload, size, header) : -EINVAL;
    if (rc < 0) {
        free(gunzip);
        return rc;
    }
    while (rc == 0 && answer == GUNZIP_MORE) {
        size_t got;

        answer = gunzip_next(gunzip, &got);
        rc = grow(unpacked, gunzip->piece, got);
    }
    if (rc == 0 && answer != GUNZIP_END)
        rc = -EINVAL;
    gunzip_stop(gunzip);
    free(gunzip);
    return rc;
}

int unpacked_open(struct unpacked *unpacked, const unsigned char *payload, uint64_t size) {
    int rc;

    *unpacked = (struct unpacked){.bytes = payload, .size = (size_t)size};
    if (size < 6 || size > UNPACKED_MAX_BYTES)
        return -EINVAL;
    if (memcmp(payload, "070701", 6) == 0)
        return 0;
    *unpacked = (struct unpacked){.is_gzip = true};
    rc = inflate_all(unpacked, payload, size);
    if (rc < 0)
        unpacked_close(unpacked);
    return rc;
}

bool unpacked_find(const struct unpacked *unpacked, const char *path, struct unpacked_file *file) {
    size_t at = 0;

    while (unpacked->size - at >= NEWC_HEADER_BYTES) {
        struct newc_header header;
        const unsigned char *entry = unpacked->bytes + at;
        uint64_t left = unpacked->size - at;
        uint64_t data;
        bool odd;

        if (newc_decode(entry, &header, &odd) != NEWC_MAGIC_NEWC || odd || header.name_bytes == 0)
            return false;
        data = NEWC_HEADER_BYTES + newc_name_span(header.name_bytes);
        if (data > left || header.size_bytes > left - data || entry[NEWC_HEADER_BYTES + header.name_bytes - 1] != '\0')
            return false;
        if (strcmp((const char *)entry + NEWC_HEADER_BYTES, path) == 0 && (header.mode & NEWC_TYPE) == NEWC_REGULAR) {
            *file = (struct unpacked_file){entry + data, header.size_bytes, header.mtime_s};
            return true;
        }
        if (newc_align(data + header.size_bytes) > left)
            return false;
        at += (size_t)newc_align(data + header.size_bytes);
    }
    return false;
}

void unpacked_close(struct unpacked *unpacked) {
    free(unpacked->owned);
    *unpacked = (struct unpacked){0};
}
