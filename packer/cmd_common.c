/* SPDX-License-Identifier: MIT */
#include "cmd_common.h"

#include "host.h"
#include "identify.h"
#include "leftover.h"
#include "say.h"
#include "target.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int cmd_open(const struct arguments *arguments, bool may_be_stdin, struct image *image) {
    const char *path = arguments->image ? arguments->image : host_default_image();
    struct image_error error;

    if (!path)
        return say_error(SAY_USAGE, "find", "the image", "Docker for Mac's is only known on a Mac; name an IMAGE");
    if (!may_be_stdin && strcmp(path, "-") == 0)
        return say_error(SAY_USAGE, "use", "-", "only inspect and verify read standard input");
    return image_open(image, path, &error) < 0 ? say_image_error(&error) : SAY_DONE;
}

int cmd_open_for_change(const struct arguments *arguments, struct image *image, char **target) {
    struct image_error error;
    int code;

    *target = NULL;
    if (arguments->out && strcmp(arguments->out, "-") == 0)
        return say_error(SAY_USAGE, "use", "-o -", "the report goes to standard output; name a file");
    if (arguments->out && target_resolve(arguments->out, target, &error) < 0)
        return say_image_error(&error);
    code = cmd_open(arguments, false, image);
    if (code == SAY_DONE && !*target) {
        *target = strdup(image->path);
        if (!*target) {
            image_close(image);
            return say_error(SAY_SYSTEM, "open", "the image", "no memory");
        }
    }
    if (code == SAY_DONE)
        leftover_sweep(*target);
    return code;
}

int cmd_lock(struct image *image, const char *target) {
    struct image_error error;

    return image_lock(image, target, &error) < 0 ? say_image_error(&error) : SAY_DONE;
}

int cmd_refuse_state(const struct image *image, const struct packed *packed) {
    switch (packed->state) {
    case PACKED_STOCK:
    case PACKED_OURS:
        break;
    case PACKED_NEWER:
        return say_error(SAY_REFUSED, "change", image->path,
                         "usermount-pack %s packed it, which is newer than this one; use that or a later one",
                         packed->manifest.version);
    case PACKED_DAMAGED:
        return say_error(SAY_REFUSED, "change", image->path,
                         "its manifest is damaged, so where the original ends is not known");
    case PACKED_BURIED:
        return say_error(SAY_REFUSED, "change", image->path,
                         "it was packed, and then %" PRIu64 " bytes were put behind; take the original image",
                         packed->behind_bytes);
    case PACKED_FOREIGN:
        return say_error(SAY_BAD_IMAGE, "use", image->path, "not an initramfs but %s",
                         packed->foreign ? packed->foreign : "unknown data");
    }
    return SAY_DONE;
}

/* The fault that stops the kernel if there is one: the others came before it and matter less. */
static const struct segment_fault *worst_fault(const struct scan *scan) {
    for (size_t i = 0; i < scan->fault_count; i++)
        if (fault_stops(scan->faults[i].fault))
            return &scan->faults[i];
    return scan->fault_count ? &scan->faults[0] : NULL;
}

int cmd_refuse_faults(const char *verb, const struct image *image, const struct scan *scan) {
    const struct segment_fault *fault = worst_fault(scan);

    if (!fault)
        return SAY_DONE;
    fprintf(stderr, "usermount-pack: unable to %s ", verb);
    say_plain(stderr, image->path);
    fputs(": ", stderr);
    say_fault(stderr, fault);
    fputc('\n', stderr);
    if (fault->fault == FAULT_TOO_LARGE || fault->fault == FAULT_TOO_MANY)
        return SAY_REFUSED;
    return SAY_BAD_IMAGE;
}
