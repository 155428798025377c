/* SPDX-License-Identifier: MIT */
#include "cmd.h"
#include "cmd_common.h"
#include "host/digest.h"
#include "output/say.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int replace(const struct image *image, const struct packed *packed, struct digest_job *job,
                   struct draft *draft) {
    struct image_error error;

    if (draft_settle(draft, image, &error) < 0)
        return say_image_error(&error);
    if (digest_wait(job) < 0)
        return say_error(SAY_SYSTEM, "read", image->path, "out of memory");
    if (memcmp(job->sha256, packed->manifest.base_sha256, DIGEST_BYTES) != 0)
        return say_error(SAY_REFUSED, "change", image->path,
                         "its base has changed since it was packed (SHA-256 differs); use the original image");
    return draft_commit(draft, image, &error) < 0 ? say_image_error(&error) : SAY_DONE;
}

/* Hashes the base while it is copied and synced. draft_commit() checks that the image has not changed meanwhile. */
static int cut(const struct image *image, const char *target, const struct packed *packed) {
    struct image_error error;
    struct digest_job job;
    struct draft draft;
    int code;

    digest_start(&job, image->bytes, packed->base_bytes);
    if (draft_create(&draft, image, target, packed->base_bytes, &error) < 0)
        code = say_image_error(&error);
    else
        code = replace(image, packed, &job, &draft);
    digest_wait(&job);
    draft_abandon(&draft);
    return code;
}

static void report(const struct arguments *arguments, const struct image *image, const struct packed *packed) {
    const char *target = arguments->out ? arguments->out : image->path;
    char base[2 * MANIFEST_SHA256_BYTES + 1];

    manifest_sha256_text(packed->manifest.base_sha256, base);
    if (arguments->porcelain) {
        fputs("result=removed\nimage=", stdout);
        say_word(stdout, target);
        printf("\nsize=%" PRIu64 "\nbase_sha256=%s\n", packed->base_bytes, base);
        return;
    }
    say_plain(stdout, target);
    printf(": original restored, %" PRIu64 " bytes\n  SHA-256  %s\n", packed->base_bytes, base);
    if (!arguments->out)
        cmd_tell_restart(target);
}

int cmd_remove(const struct arguments *arguments) {
    struct packed packed;
    struct image image;
    char *target;
    int code = cmd_open_for_change(arguments, &image, &target);

    if (code) {
        free(target);
        return code;
    }
    packed = packed_look(image.bytes, image.size);
    code = cmd_refuse_state(&image, &packed);
    if (code == SAY_DONE && packed.state == PACKED_STOCK)
        code = say_error(SAY_NO, "restore", image.path, "it is not packed");
    if (code == SAY_DONE)
        code = cmd_lock(&image, target);
    if (code == SAY_DONE)
        code = cut(&image, target, &packed);
    if (code == SAY_DONE)
        report(arguments, &image, &packed);
    image_close(&image);
    free(target);
    return code;
}
