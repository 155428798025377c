/* SPDX-License-Identifier: MIT */
#include "packed.h"

#include "../image/identify.h"
#include "../image/newc.h"
#include "plan.h"
#include "../image/segment.h"

#include <string.h>

#define SEARCH_BYTES (UINT64_C(1) << 20)
#define RAW_ENTRIES 256

static uint64_t skip_zeros(const unsigned char *bytes, uint64_t size, uint64_t at) {
    uint64_t end = size - at > SEARCH_BYTES ? at + SEARCH_BYTES : size;

    while (at < end && bytes[at] == 0)
        at++;
    return at;
}

static bool is_raw(const unsigned char *bytes, uint64_t size, uint64_t at) {
    return at < size && at % 4 == 0 && size - at >= 6 && memcmp(bytes + at, "07070", 5) == 0 &&
           (bytes[at + 5] == '1' || bytes[at + 5] == '2');
}

/* Returns the offset behind the raw entries and the zeros at the beginning. Stops after RAW_ENTRIES entries. */
static uint64_t skip_raw(const unsigned char *bytes, uint64_t size, uint64_t at) {
    struct newc_header header;
    bool odd;

    for (int i = 0; i < RAW_ENTRIES && is_raw(bytes, size, at) && size - at >= NEWC_HEADER_BYTES; i++) {
        uint64_t span;

        newc_decode(bytes + at, &header, &odd);
        span = newc_align(NEWC_HEADER_BYTES + newc_name_span(header.name_bytes) + header.size_bytes);
        if (span > size - at)
            return size;
        at = skip_zeros(bytes, size, at + span);
    }
    return at;
}

/* The kernel compares two bytes, which a text may begin with. identify() compares more of them. */
static bool is_compressed(const unsigned char *bytes, uint64_t size, uint64_t at, enum segment_kind *kind) {
    const char *name = at < size ? identify(bytes + at, size - at) : NULL;

    *kind = segment_detect(bytes + at, size - at);
    return *kind != SEGMENT_GZIP && *kind != SEGMENT_UNKNOWN && name && strstr(name, "-compressed data");
}

/* Returns PACKED_STOCK if the beginning is that of an initramfs. */
static enum packed_state look_at_head(const unsigned char *bytes, uint64_t size, struct packed *packed) {
    uint64_t at = skip_zeros(bytes, size, 0);

    if (is_compressed(bytes, size, skip_raw(bytes, size, at), &packed->kind))
        return PACKED_COMPRESSED;
    if (is_raw(bytes, size, at) || segment_detect(bytes + at, size - at) == SEGMENT_GZIP)
        return PACKED_STOCK;
    packed->foreign = identify(bytes, size);
    return PACKED_FOREIGN;
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
    struct packed packed = {.base_bytes = size};

    packed.state = look_at_head(bytes, size, &packed);
    if (packed.state == PACKED_STOCK)
        look_at_tail(bytes, size, &packed);
    return packed;
}
