/* SPDX-License-Identifier: MIT */
#include "packed.h"

#include "identify.h"
#include "newc.h"
#include "plan.h"
#include "segment.h"

#include <string.h>

#define SEARCH_BYTES (UINT64_C(1) << 20)

/* Whether the first byte that is not zero can begin an initramfs (init/initramfs.c). */
static bool begins_like_initramfs(const unsigned char *bytes, uint64_t size) {
    uint64_t at = 0;

    while (at < size && at < SEARCH_BYTES && bytes[at] == 0)
        at++;
    if (at == size || at == SEARCH_BYTES)
        return false;
    if (at % 4 == 0 && size - at >= 6 && memcmp(bytes + at, "07070", 5) == 0 &&
        (bytes[at + 5] == '1' || bytes[at + 5] == '2'))
        return true;
    return segment_detect(bytes + at, size - at) == SEGMENT_GZIP;
}

/* Looks for a manifest that is not at the very end. Returns the bytes behind it, or 0. */
static uint64_t find_buried(const unsigned char *bytes, uint64_t size, struct manifest *manifest) {
    uint64_t first = size > SEARCH_BYTES ? size - SEARCH_BYTES : 0;
    uint64_t at = size - size % 4;

    if (size < MANIFEST_SEGMENT_BYTES)
        return 0;
    for (at -= MANIFEST_SEGMENT_BYTES; at > first; at -= 4) {
        if (bytes[at] == '0' && memcmp(bytes + at, "070701", 6) == 0 &&
            manifest_decode(bytes + at, manifest) != MANIFEST_ABSENT)
            return size - at - MANIFEST_SEGMENT_BYTES;
    }
    return 0;
}

static void look_at_tail(const unsigned char *bytes, uint64_t size, struct packed *packed) {
    enum manifest_answer answer = MANIFEST_ABSENT;

    if (size > MANIFEST_SEGMENT_BYTES)
        answer = manifest_decode(bytes + (size - MANIFEST_SEGMENT_BYTES), &packed->manifest);
    switch (answer) {
    case MANIFEST_OK:
        if (!plan_fits(&packed->manifest, size)) {
            packed->state = PACKED_DAMAGED;
            break;
        }
        packed->state = PACKED_OURS;
        packed->base_bytes = packed->manifest.base_bytes;
        packed->payload_offset = newc_align(packed->base_bytes);
        packed->payload_bytes = size - MANIFEST_SEGMENT_BYTES - packed->payload_offset;
        break;
    case MANIFEST_ABSENT:
        packed->behind_bytes = find_buried(bytes, size, &packed->manifest);
        packed->state = packed->behind_bytes ? PACKED_BURIED : PACKED_STOCK;
        break;
    case MANIFEST_NEWER:
        packed->state = PACKED_NEWER;
        break;
    case MANIFEST_DAMAGED:
        packed->state = PACKED_DAMAGED;
        break;
    }
}

struct packed packed_look(const unsigned char *bytes, uint64_t size) {
    struct packed packed = {.state = PACKED_FOREIGN, .base_bytes = size};

    if (begins_like_initramfs(bytes, size))
        look_at_tail(bytes, size, &packed);
    else
        packed.foreign = identify(bytes, size);
    return packed;
}
