/* SPDX-License-Identifier: MIT */
#include "needed.h"

#include "../image/sniff.h"
#include "../host/digest.h"
#include "../output/say.h"
#include "payload_read.h"

#include <string.h>

/* A file that the payload should contain. */
struct expected {
    const char *path;
    const char *bytes;
    size_t size;
};

static bool holds(const struct unpacked *unpacked, const struct expected *expected, uint32_t mtime_s) {
    struct unpacked_file file;

    return unpacked_find(unpacked, expected->path, &file) && file.mtime_s == mtime_s && file.size == expected->size &&
           memcmp(file.bytes, expected->bytes, file.size) == 0;
}

static bool is_intact(const unsigned char *payload, const struct packed *packed) {
    unsigned char sha256[DIGEST_BYTES];

    return digest_sha256(payload, packed->payload_bytes, sha256) == 0 &&
           memcmp(sha256, packed->manifest.payload_sha256, sizeof(sha256)) == 0;
}

static bool holds_all(const unsigned char *payload, const struct packed *packed, const struct bundle *bundle) {
    const struct expected expected[] = {
        {PLAN_AGENT_PATH, bundle->agent, bundle->agent_bytes},
        {PLAN_INITD_PATH, bundle->initd, bundle->initd_bytes},
        {PLAN_CONFIG_PATH, bundle->config, bundle->config_bytes},
    };
    struct unpacked unpacked;
    bool is_same;

    if (unpacked_open(&unpacked, payload, packed->payload_bytes) < 0)
        return false;
    is_same = unpacked.is_gzip == bundle->gzip;
    for (size_t i = 0; is_same && i < sizeof(expected) / sizeof(expected[0]); i++)
        is_same = holds(&unpacked, &expected[i], bundle->mtime_s);
    unpacked_close(&unpacked);
    return is_same;
}

int needed_look(const struct image *image, const struct packed *packed, struct bundle *bundle, bool *is_needed) {
    const unsigned char *payload = image->bytes + packed->payload_offset;
    uint16_t machine = strcmp(packed->manifest.arch, "aarch64") == 0 ? CONTENT_MACHINE_AARCH64 : CONTENT_MACHINE_X86_64;
    int code;

    *is_needed = true;
    if (packed->state != PACKED_OURS)
        return SAY_DONE;
    code = bundle_choose_agent(bundle, image->path, machine);
    if (code)
        return code;
    /* Another version may pack the same files with other links and folders. */
    *is_needed = strcmp(packed->manifest.version, USERMOUNT_VERSION) != 0 ||
                 packed->manifest.time_s != bundle->mtime_s || !is_intact(payload, packed) ||
                 !holds_all(payload, packed, bundle);
    return SAY_DONE;
}
