/* SPDX-License-Identifier: MIT */
/* The header codec: what it decodes without doubt must encode to what decodes to the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../packer/image/newc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    unsigned char raw[NEWC_HEADER_BYTES];
    struct newc_header header;
    struct newc_header again;
    bool odd;

    if (size < NEWC_HEADER_BYTES)
        return 0;
    if (newc_decode(data, &header, &odd) != NEWC_MAGIC_NEWC)
        return 0;
    newc_encode(&header, raw);
    header.checksum = 0;
    if (newc_decode(raw, &again, &odd) != NEWC_MAGIC_NEWC || odd || memcmp(&again, &header, sizeof(header)) != 0)
        abort();
    if (newc_name_span(header.name_bytes) < header.name_bytes || newc_align(header.size_bytes) < header.size_bytes)
        abort();
    return 0;
}
