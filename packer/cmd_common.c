/* SPDX-License-Identifier: MIT */
#include "cmd_common.h"

#include "host/host.h"
#include "host/leftover.h"
#include "output/progress.h"
#include "output/say.h"
#include "host/secret.h"
#include "host/target.h"

#include <inttypes.h>
#include <string.h>

int cmd_open(const struct arguments *arguments, bool may_be_stdin, struct image *image) {
    const char *path = arguments->image ? arguments->image : host_default_image();
    struct image_error error;

    if (!path)
        return say_error(SAY_USAGE, "find", "the image", "only a Mac has a default image; name an IMAGE");
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
            return say_error(SAY_SYSTEM, "open", "the image", "out of memory");
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

void cmd_tell_restart(const char *target) {
    if (strstr(target, "/Docker.app/"))
        puts("  restart  osascript -e 'quit app \"Docker\"'; sleep 5; open -a Docker");
}

int cmd_refuse_state(const struct image *image, const struct packed *packed) {
    switch (packed->state) {
    case PACKED_STOCK:
    case PACKED_OURS:
        break;
    case PACKED_NEWER:
        return say_error(SAY_REFUSED, "change", image->path,
                         "a newer version packed it; use usermount-pack %s or later", packed->manifest.version);
    case PACKED_DAMAGED:
        return say_error(SAY_REFUSED, "change", image->path,
                         "its manifest is damaged, so the end of the original is unknown");
    case PACKED_BURIED:
        return say_error(SAY_REFUSED, "change", image->path,
                         "%" PRIu64 " bytes were appended after it was packed; use the original image",
                         packed->behind_bytes);
    case PACKED_COMPRESSED:
        return say_error(SAY_BAD_IMAGE, "use", image->path,
                         "it is compressed with %s; Docker for Mac's kernels and usermount-pack read gzip only; "
                         "nothing was changed",
                         segment_kind_name(packed->kind));
    case PACKED_FOREIGN:
        return say_error(SAY_BAD_IMAGE, "use", image->path, "it is %s, not an initramfs",
                         packed->foreign ? packed->foreign : "unknown data");
    }
    return SAY_DONE;
}

int cmd_scan(const char *action, const unsigned char *bytes, uint64_t size, const struct scan_options *wanted,
             struct scan *scan) {
    struct scan_options options = *wanted;
    struct progress progress;
    int rc;

    options.progress = progress_update;
    options.context = &progress;
    /* Without random bytes a fixed key must do. Only a hostile image then takes longer. */
    if (secret_fill(options.key, sizeof(options.key)) < 0)
        options.key[0] = options.key[1] = 0;
    progress_start(&progress, action, size);
    rc = scan_run(scan, bytes, size, &options);
    progress_end(&progress);
    return rc;
}

/* Returns the fault that stops the kernel, if there is one. The others before it matter less. */
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
    if (scan->faults_seen > 1)
        fprintf(stderr, "; and %" PRIu64 " more", scan->faults_seen - 1);
    fputc('\n', stderr);
    return fault_is_limit(fault->fault) ? SAY_REFUSED : SAY_BAD_IMAGE;
}

int cmd_find_lost(struct lost *lost, const unsigned char *bytes, uint64_t size) {
    const struct scan_options options = {.as_linux_4 = true};
    int rc;

    *lost = (struct lost){0};
    rc = cmd_scan("reading as Linux 4", bytes, size, &options, &lost->scan);
    return rc < 0 ? rc : lost_count(lost);
}

static void say_lost(const char *verb, const struct image *image, const struct lost *lost) {
    fprintf(stderr, "usermount-pack: unable to %s ", verb);
    say_plain(stderr, image->path);
    fputs(": /", stderr);
    say_plain(stderr, lost->first);
    if (lost->count > 1)
        fprintf(stderr, " and %" PRIu64 " more files are", lost->count - 1);
    else
        fputs(" is", stderr);
    fputs(" empty on Docker for Mac's kernels: Linux 4.4 and 4.9 skip the hard links that contain the data "
          "(usermount-pack inspect lists the files); use Docker's own image\n",
          stderr);
}

int cmd_refuse_base(const char *verb, const struct image *image, const unsigned char *bytes, uint64_t size,
                    const struct scan *scan) {
    struct lost lost;
    int code = SAY_DONE;

    if (!lost_is_all(scan))
        return cmd_refuse_faults(verb, image, scan);
    if (cmd_find_lost(&lost, bytes, size) < 0) {
        code = say_error(SAY_SYSTEM, "read", image->path, "out of memory");
    } else if (lost.count) {
        say_lost(verb, image, &lost);
        code = SAY_BAD_IMAGE;
    }
    lost_free(&lost);
    return code;
}

void cmd_warn_of_links(const struct image *image, const struct scan *scan) {
    if (!lost_is_all(scan))
        return;
    fputs("usermount-pack: warning: ", stderr);
    say_plain(stderr, image->path);
    fputs(": ", stderr);
    say_fault(stderr, &scan->faults[0]);
    if (scan->faults_seen > 1)
        fprintf(stderr, "; and %" PRIu64 " more", scan->faults_seen - 1);
    fputs("; no file loses its data\n", stderr);
}
