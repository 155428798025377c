/* SPDX-License-Identifier: MIT */
/*
 * verify: checks the whole image by the rules of the strictest kernel, and compares a packed image with its manifest.
 */
#include "cmd.h"
#include "cmd_common.h"
#include "host/digest.h"
#include "output/say.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct hashes {
    struct digest_job base;
    struct digest_job payload;
};

static void start_hashes(struct hashes *hashes, const struct image *image, const struct packed *packed) {
    digest_start(&hashes->base, image->bytes, packed->base_bytes);
    digest_start(&hashes->payload, image->bytes + packed->payload_offset, packed->payload_bytes);
}

/* Compares the hashes with the manifest. Returns the exit code. */
static int check_hashes(struct hashes *hashes, const struct image *image, const struct packed *packed) {
    int base_rc = digest_wait(&hashes->base);
    int payload_rc = digest_wait(&hashes->payload);

    if (base_rc < 0 || payload_rc < 0)
        return say_error(SAY_SYSTEM, "read", image->path, "out of memory");
    if (memcmp(hashes->base.sha256, packed->manifest.base_sha256, DIGEST_BYTES) != 0)
        return say_error(SAY_BAD_IMAGE, "accept", image->path,
                         "its base has changed since it was packed (SHA-256 differs)");
    for (uint64_t at = packed->base_bytes; at < packed->payload_offset; at++)
        if (image->bytes[at])
            return say_error(SAY_BAD_IMAGE, "accept", image->path,
                             "byte %" PRIu64 ", between base and payload, is not zero", at);
    if (memcmp(hashes->payload.sha256, packed->manifest.payload_sha256, DIGEST_BYTES) != 0)
        return say_error(SAY_BAD_IMAGE, "accept", image->path,
                         "its payload has changed since it was packed (SHA-256 differs)");
    return SAY_DONE;
}

static int check_state(const struct image *image, const struct packed *packed) {
    if (packed->state == PACKED_DAMAGED || packed->state == PACKED_BURIED || packed->state == PACKED_FOREIGN) {
        cmd_refuse_state(image, packed);
        return SAY_BAD_IMAGE;
    }
    return SAY_DONE;
}

static void report(const struct arguments *arguments, const struct image *image, const struct scan *scan) {
    if (arguments->porcelain) {
        printf("result=good\nsize=%" PRIu64 "\nsegments=%zu\nentries=%" PRIu64 "\nunpacked=%" PRIu64 "\n", image->size,
               scan->segment_count, scan->entries, scan->unpacked_bytes);
        return;
    }
    say_plain(stdout, image->path);
    printf(": good: %zu segment%s, %" PRIu64 " entries, %s unpacked\n", scan->segment_count,
           scan->segment_count == 1 ? "" : "s", scan->entries, say_size(scan->unpacked_bytes));
}

static int verify(const struct arguments *arguments, const struct image *image, const struct packed *packed) {
    struct scan_options options = {0};
    bool with_hashes = packed->state == PACKED_OURS && image->size <= SCAN_IMAGE_MAX_BYTES;
    struct hashes hashes;
    struct scan scan;
    int hash_code = SAY_DONE;
    int code;

    if (with_hashes)
        start_hashes(&hashes, image, packed);
    code = cmd_scan("verifying", image->bytes, image->size, &options, &scan);
    if (with_hashes)
        hash_code = check_hashes(&hashes, image, packed);
    if (code < 0)
        code = say_error(SAY_SYSTEM, "read", image->path, "out of memory");
    else
        code = cmd_refuse_faults("accept", image, &scan);
    if (code == SAY_DONE)
        code = hash_code;
    if (code == SAY_DONE)
        report(arguments, image, &scan);
    scan_free(&scan);
    return code;
}

int cmd_verify(const struct arguments *arguments) {
    struct packed packed;
    struct image image;
    int code = cmd_open(arguments, true, &image);

    if (code)
        return code;
    packed = packed_look(image.bytes, image.size);
    code = check_state(&image, &packed);
    if (code == SAY_DONE)
        code = verify(arguments, &image, &packed);
    image_close(&image);
    return code;
}
