/* SPDX-License-Identifier: MIT */
#include "cmd.h"
#include "cmd_common.h"
#include "write/packed.h"
#include "output/say.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const state_words[] = {
    [PACKED_STOCK] = "stock",           [PACKED_OURS] = "packed",     [PACKED_NEWER] = "newer",
    [PACKED_COMPRESSED] = "compressed", [PACKED_DAMAGED] = "damaged", [PACKED_BURIED] = "changed",
    [PACKED_FOREIGN] = "foreign",
};

static void print_porcelain(const struct image *image, const struct packed *packed) {
    const struct manifest *manifest = &packed->manifest;
    char base[2 * MANIFEST_SHA256_BYTES + 1];
    char payload[2 * MANIFEST_SHA256_BYTES + 1];

    printf("state=%s\nimage=", state_words[packed->state]);
    say_word(stdout, image->path);
    printf("\nsize=%" PRIu64 "\n", image->size);
    if (packed->state == PACKED_NEWER)
        printf("format=%u\nversion=%s\n", manifest->format, manifest->version);
    if (packed->state == PACKED_BURIED)
        printf("behind=%" PRIu64 "\n", packed->behind_bytes);
    if (packed->state == PACKED_COMPRESSED)
        printf("compressor=%s\n", segment_kind_name(packed->kind));
    if (packed->state != PACKED_OURS)
        return;
    manifest_sha256_text(manifest->base_sha256, base);
    manifest_sha256_text(manifest->payload_sha256, payload);
    printf("format=%u\nversion=%s\narch=%s\ntime=%" PRIu64 "\nbase_size=%" PRIu64 "\nbase_sha256=%s\n"
           "payload_offset=%" PRIu64 "\npayload_size=%" PRIu64 "\npayload_sha256=%s\n",
           manifest->format, manifest->version, manifest->arch, manifest->time_s, manifest->base_bytes, base,
           packed->payload_offset, packed->payload_bytes, payload);
}

static void print_packed(const struct packed *packed) {
    const struct manifest *manifest = &packed->manifest;

    printf("packed by usermount-pack %s for %s\n", manifest->version, manifest->arch);
    printf("  base     %" PRIu64 " bytes (%s)\n", packed->base_bytes, say_size(packed->base_bytes));
    printf("  payload  %" PRIu64 " bytes (%s) at %" PRIu64 "\n", packed->payload_bytes, say_size(packed->payload_bytes),
           packed->payload_offset);
}

static void print_people(const struct image *image, const struct packed *packed) {
    say_plain(stdout, image->path);
    fputs(": ", stdout);
    switch (packed->state) {
    case PACKED_OURS:
        print_packed(packed);
        break;
    case PACKED_STOCK:
        puts("stock: not packed");
        break;
    case PACKED_NEWER:
        printf("packed by usermount-pack %s, which is newer than this one (format %u)\n", packed->manifest.version,
               packed->manifest.format);
        break;
    case PACKED_DAMAGED:
        puts("damaged: usermount-pack did not write this manifest");
        break;
    case PACKED_BURIED:
        printf("changed: %" PRIu64 " bytes were appended after it was packed\n", packed->behind_bytes);
        break;
    case PACKED_COMPRESSED:
        printf("compressed with %s; Docker for Mac's kernels and usermount-pack read gzip only\n",
               segment_kind_name(packed->kind));
        break;
    case PACKED_FOREIGN:
        printf("foreign: %s, not an initramfs\n", packed->foreign ? packed->foreign : "unknown data");
        break;
    }
}

int cmd_status(const struct arguments *arguments) {
    static const int codes[] = {
        [PACKED_STOCK] = SAY_NO,          [PACKED_OURS] = SAY_DONE,
        [PACKED_NEWER] = SAY_DONE,        [PACKED_COMPRESSED] = SAY_BAD_IMAGE,
        [PACKED_DAMAGED] = SAY_BAD_IMAGE, [PACKED_BURIED] = SAY_BAD_IMAGE,
        [PACKED_FOREIGN] = SAY_BAD_IMAGE,
    };
    struct packed packed;
    struct image image;
    int code = cmd_open(arguments, false, &image);

    if (code)
        return code;
    packed = packed_look(image.bytes, image.size);
    if (arguments->porcelain)
        print_porcelain(&image, &packed);
    else
        print_people(&image, &packed);
    image_close(&image);
    return codes[packed.state];
}
