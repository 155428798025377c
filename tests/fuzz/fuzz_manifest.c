/* SPDX-License-Identifier: MIT */
/* The end of an image: what is accepted as a manifest must be what would be written; sizes must fit. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../packer/write/packed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct packed packed = packed_look(data, size);
    unsigned char again[MANIFEST_SEGMENT_BYTES];

    if (packed.base_bytes > size)
        abort();
    if (packed.state != PACKED_OURS)
        return 0;
    if (!manifest_encode(&packed.manifest, again) ||
        memcmp(again, data + size - MANIFEST_SEGMENT_BYTES, sizeof(again)) != 0)
        abort();
    if (packed.payload_offset < packed.base_bytes || packed.payload_offset - packed.base_bytes > 3 ||
        packed.payload_offset + packed.payload_bytes + MANIFEST_SEGMENT_BYTES != size)
        abort();
    return 0;
}
