/* SPDX-License-Identifier: MIT */
/*
 * The walk over an image: whatever the bytes are, it ends, hands over data only inside a file, no more than the
 * header says, and nothing behind a stop; segments do not overlap and lie inside the image.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../packer/image/segment.h"

#define LIMIT_BYTES (8u << 20) /* so that a bomb costs milliseconds */

struct watch {
    uint64_t size;
    uint64_t end; /* of the segment before */
    uint64_t data_left;
    bool in_file;
    bool is_open;
    bool stopped;
    bool cancelled;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reading the ends of what is handed over shows a sanitizer that it is there. */
static volatile unsigned char touched;

static void require(int condition) {
    if (!condition)
        abort();
}

static bool on_entry(void *context, const struct archive_entry *entry) {
    struct watch *watch = context;
    bool is_file = (entry->header.mode & NEWC_TYPE) == NEWC_REGULAR;

    require(watch->is_open && !watch->in_file && !watch->stopped);
    require(strlen(entry->name) < NEWC_PATH_MAX);
    require((entry->target != NULL) == ((entry->header.mode & NEWC_TYPE) == NEWC_SYMLINK));
    require(!entry->target || strlen(entry->target) <= NEWC_PATH_MAX);
    watch->in_file = is_file;
    watch->data_left = entry->header.size_bytes;
    return is_file;
}

static void on_data(void *context, const unsigned char *bytes, size_t size) {
    struct watch *watch = context;

    require(watch->in_file && size > 0 && size <= watch->data_left && !watch->stopped);
    watch->data_left -= size;
    touched = (unsigned char)(bytes[0] + bytes[size - 1]);
}

static void on_data_end(void *context) {
    struct watch *watch = context;

    require(watch->in_file && watch->data_left == 0);
    watch->in_file = false;
}

static void on_trailer(void *context) {
    require(!((struct watch *)context)->in_file);
}

static void on_open(void *context, const struct segment *segment) {
    struct watch *watch = context;

    require(!watch->is_open && !watch->stopped && segment->offset >= watch->end && segment->offset < watch->size);
    watch->is_open = true;
}

static void on_close(void *context, const struct segment *segment) {
    struct watch *watch = context;

    require(watch->is_open && segment->size_bytes <= watch->size - segment->offset);
    watch->end = segment->offset + segment->size_bytes;
    watch->is_open = false;
}

static void on_fault(void *context, const struct segment_fault *fault) {
    struct watch *watch = context;

    require(fault->offset <= watch->size && !watch->stopped);
    watch->stopped = fault_stops(fault->fault);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct watch watch = {.size = size};
    const struct segment_sink sink = {
        .archive = {&watch, on_entry, on_data, on_data_end, on_trailer},
        .context = &watch,
        .open = on_open,
        .close = on_close,
        .fault = on_fault,
        .cancelled = &watch.cancelled,
    };
    enum fault answer = segment_walk(data, size, LIMIT_BYTES, &sink);

    require(watch.stopped == (answer != FAULT_NONE) && !watch.is_open);
    return 0;
}
