/* SPDX-License-Identifier: MIT */
/* The names of the compressors, and the two bytes by which lib/decompress.c detects them. */
#include "segment.h"

#include <string.h>

static const char *const kind_names[] = {
    [SEGMENT_RAW] = "raw",   [SEGMENT_GZIP] = "gzip", [SEGMENT_BZIP2] = "bzip2",
    [SEGMENT_LZMA] = "lzma", [SEGMENT_XZ] = "xz",     [SEGMENT_LZO] = "lzo",
    [SEGMENT_LZ4] = "lz4",   [SEGMENT_ZSTD] = "zstd", [SEGMENT_UNKNOWN] = "unknown",
};

const char *segment_kind_name(enum segment_kind kind) {
    return kind <= SEGMENT_UNKNOWN ? kind_names[kind] : "unknown";
}

enum segment_kind segment_detect(const unsigned char *bytes, uint64_t size) {
    static const struct {
        unsigned char magic[2];
        enum segment_kind kind;
    } table[] = {
        {{0x1f, 0x8b}, SEGMENT_GZIP}, {{0x1f, 0x9e}, SEGMENT_GZIP}, {{0x42, 0x5a}, SEGMENT_BZIP2},
        {{0x5d, 0x00}, SEGMENT_LZMA}, {{0xfd, 0x37}, SEGMENT_XZ},   {{0x89, 0x4c}, SEGMENT_LZO},
        {{0x02, 0x21}, SEGMENT_LZ4},  {{0x28, 0xb5}, SEGMENT_ZSTD},
    };

    for (size_t i = 0; size >= 2 && i < sizeof(table) / sizeof(table[0]); i++)
        if (memcmp(bytes, table[i].magic, 2) == 0)
            return table[i].kind;
    return SEGMENT_UNKNOWN;
}
