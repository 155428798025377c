/* SPDX-License-Identifier: MIT */
/*
 * add: packs the agent into an image. Copies the base to a draft, reads it there by the kernel's rules, appends payload
 * and manifest, and renames the draft to the target. Every refusal comes before the rename.
 */
#include "cmd.h"
#include "write/inputs.h"
#include "cmd_common.h"
#include "write/needed.h"
#include "host/digest.h"
#include "write/plan.h"
#include "output/say.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALREADY_PACKED ": already packed with the same files; not changed"

struct add {
    const struct arguments *arguments;
    struct image image;
    char *target; /* the file to be written, without symbolic links; owned */
    struct packed packed;
    struct bundle bundle;
    struct draft draft;
    struct scan scan;
    struct census census;
    struct plan plan;
    struct payload payload;
    struct manifest manifest;
    unsigned char tail[MANIFEST_SEGMENT_BYTES];
    unsigned char base_sha256[DIGEST_BYTES];
    bool is_in_place;
    bool is_unchanged;
    const char *backup; /* "made", "kept" or "older"; NULL if there is none */
};

/* Scans the draft, and hashes it at the same time. */
static int read_base(struct add *add) {
    struct scan_options options = {0};
    struct digest_job job;
    int rc;

    digest_start(&job, add->draft.bytes, add->draft.size);
    rc = cmd_scan("reading", add->draft.bytes, add->draft.size, &options, &add->scan);
    if (digest_wait(&job) < 0 || rc < 0)
        return say_error(SAY_SYSTEM, "read", add->image.path, "out of memory");
    memcpy(add->base_sha256, job.sha256, DIGEST_BYTES);
    return SAY_DONE;
}

static int judge_base(struct add *add) {
    if (add->packed.state == PACKED_OURS &&
        memcmp(add->base_sha256, add->packed.manifest.base_sha256, DIGEST_BYTES) != 0)
        return say_error(SAY_REFUSED, "change", add->image.path,
                         "its base has changed since it was packed (SHA-256 differs); use the original image");
    if (add->scan.entries == 0 && add->scan.fault_count == 0)
        return say_error(SAY_BAD_IMAGE, "use", add->image.path, "it contains no files");
    return cmd_refuse_base("use", &add->image, add->draft.bytes, add->draft.size, &add->scan);
}

static int make_plan(struct add *add) {
    enum plan_refusal refusal;

    if (census_take(add->scan.tree, &add->census) < 0)
        return say_error(SAY_SYSTEM, "read", add->image.path, "out of memory");
    refusal = plan_make(add->scan.tree, &add->census, add->arguments->force, &add->plan);
    if (refusal == PLAN_GO)
        return bundle_choose_agent(&add->bundle, add->image.path, add->census.machine);
    return say_error(SAY_REFUSED, "change", add->image.path, "%s%s%s%s",
                     add->plan.refused_path ? add->plan.refused_path : "", add->plan.refused_path ? ": " : "",
                     plan_refusal_text(refusal), plan_can_be_forced(refusal) ? "; --force packs it anyway" : "");
}

/* Builds payload and manifest in memory. */
static int make_payload(struct add *add) {
    struct manifest *manifest = &add->manifest;
    uint64_t total;

    if (bundle_build(&add->bundle, &add->plan, &add->payload) < 0)
        return say_error(SAY_SYSTEM, "pack", add->image.path, "out of memory");
    total = add->draft.size + plan_padding(add->draft.size) + add->payload.size + MANIFEST_SEGMENT_BYTES;
    if (total > PLAN_IMAGE_MAX_BYTES)
        return say_error(SAY_REFUSED, "change", add->image.path, "%s", plan_refusal_text(PLAN_TOO_LARGE));
    snprintf(manifest->version, sizeof(manifest->version), "%s", USERMOUNT_VERSION);
    snprintf(manifest->arch, sizeof(manifest->arch), "%s", add->bundle.arch);
    manifest->format = MANIFEST_FORMAT;
    manifest->time_s = add->bundle.mtime_s;
    manifest->base_bytes = add->draft.size;
    memcpy(manifest->base_sha256, add->base_sha256, DIGEST_BYTES);
    if (digest_sha256(add->payload.bytes, add->payload.size, manifest->payload_sha256) < 0 ||
        !manifest_encode(manifest, add->tail))
        return say_error(SAY_SYSTEM, "pack", add->image.path, "out of memory");
    return SAY_DONE;
}

/* Whether the image already has exactly these bytes. */
static bool is_the_same(const struct add *add) {
    const struct packed *packed = &add->packed;

    if (!add->is_in_place || packed->state != PACKED_OURS || packed->payload_bytes != add->payload.size)
        return false;
    for (uint64_t at = packed->base_bytes; at < packed->payload_offset; at++)
        if (add->image.bytes[at])
            return false;
    return memcmp(add->image.bytes + packed->payload_offset, add->payload.bytes, add->payload.size) == 0 &&
           memcmp(add->image.bytes + packed->payload_offset + add->payload.size, add->tail, sizeof(add->tail)) == 0;
}

/* Creates IMAGE.orig. An existing file of that name is never changed. */
static int make_backup(struct add *add) {
    struct image_error error;
    struct image existing;
    struct draft backup;
    size_t size = strlen(add->image.path) + sizeof(".orig");
    char *path = malloc(size);
    int code = SAY_DONE;

    if (!path)
        return say_error(SAY_SYSTEM, "back up", add->image.path, "out of memory");
    snprintf(path, size, "%s.orig", add->image.path);
    if (image_open(&existing, path, &error) == 0) {
        bool same = existing.size == add->draft.mapped_bytes &&
                    memcmp(existing.bytes, add->draft.bytes, (size_t)existing.size) == 0;

        add->backup = same ? "kept" : "older";
        image_close(&existing);
    } else if (error.error == EISDIR || (error.error == EINVAL && strcmp(error.action, "read") == 0)) {
        code = say_error(SAY_REFUSED, "back up to", path, "not a regular file; move it away, or use --no-backup");
    } else if (error.error != ENOENT) {
        code = say_image_error(&error);
    } else if (draft_create(&backup, &add->image, path, add->manifest.base_bytes, &error) < 0) {
        code = say_image_error(&error);
    } else {
        if (draft_settle(&backup, &add->image, &error) < 0 || draft_commit_new(&backup, &add->image, &error) < 0)
            code = say_image_error(&error);
        draft_abandon(&backup);
        add->backup = "made";
    }
    free(path);
    return code;
}

static int write_image(struct add *add) {
    struct draft *draft = &add->draft;
    struct image_error error;

    if (draft_append(draft, NULL, (size_t)plan_padding(draft->size), &error) < 0 ||
        draft_append(draft, add->payload.bytes, add->payload.size, &error) < 0 ||
        draft_append(draft, add->tail, sizeof(add->tail), &error) < 0)
        return say_image_error(&error);
    if (add->is_in_place && !add->arguments->no_backup) {
        int code = make_backup(add);

        if (code)
            return code;
    }
    if (draft_settle(draft, &add->image, &error) < 0 || draft_commit(draft, &add->image, &error) < 0)
        return say_image_error(&error);
    return SAY_DONE;
}

static void report_porcelain(const struct add *add, const char *target) {
    char base[2 * DIGEST_BYTES + 1];
    char payload[2 * DIGEST_BYTES + 1];
    uint64_t at = add->manifest.base_bytes + plan_padding(add->manifest.base_bytes);

    manifest_sha256_text(add->manifest.base_sha256, base);
    manifest_sha256_text(add->manifest.payload_sha256, payload);
    printf("result=%s\nimage=", add->is_unchanged ? "unchanged" : "packed");
    say_word(stdout, target);
    printf("\nversion=%s\narch=%s\nsegments=%zu\nentries=%" PRIu64 "\nbase_size=%" PRIu64
           "\nbase_sha256=%s\npayload_offset=%" PRIu64 "\npayload_size=%zu\npayload_sha256=%s\nsize=%" PRIu64 "\n",
           add->manifest.version, add->manifest.arch, add->scan.segment_count, add->scan.entries,
           add->manifest.base_bytes, base, at, add->payload.size, payload,
           at + add->payload.size + MANIFEST_SEGMENT_BYTES);
    printf("openrc=%s\ndocker=%s\nrpcbind=%s\nnfs=", add->census.has_openrc ? "yes" : "no",
           add->census.has_docker ? "yes" : "no", add->census.has_rpcbind ? "yes" : "no");
    say_word(stdout, census_nfs_name(add->census.nfs));
    printf("\nsettings=%s\nbackup=%s\n", add->bundle.settings, add->backup ? add->backup : "none");
    for (size_t i = 0; i < add->plan.count; i++)
        printf("%s=/%s\n", add->plan.items[i].overrides ? "overrides" : "adds", add->plan.items[i].path);
}

static void report_people(const struct add *add, const char *target) {
    const struct census *census = &add->census;

    say_plain(stdout, target);
    puts(add->is_unchanged ? ALREADY_PACKED : ": packed");
    printf("  base     %" PRIu64 " bytes (%s), %zu segment%s, %" PRIu64 " entries, %s\n", add->manifest.base_bytes,
           say_size(add->manifest.base_bytes), add->scan.segment_count, add->scan.segment_count == 1 ? "" : "s",
           add->scan.entries, add->manifest.arch);
    printf("  guest    OpenRC: %s, docker: %s, rpcbind: %s, NFS: %s\n", census->has_openrc ? "yes" : "no",
           census->has_docker ? "yes" : "no", census->has_rpcbind ? "yes" : "no", census_nfs_name(census->nfs));
    printf("  payload  %zu bytes (%s)\n", add->payload.size, say_size(add->payload.size));
    for (size_t i = 0; i < add->plan.count; i++)
        printf("  %s /%s\n", add->plan.items[i].overrides ? "replaces" : "adds    ", add->plan.items[i].path);
    if (strcmp(add->bundle.settings, "kept") == 0)
        puts("  settings kept from the packed image");
    if (add->backup) {
        fputs("  backup   ", stdout);
        say_plain(stdout, target);
        printf(".orig%s\n", strcmp(add->backup, "older") == 0  ? " exists, is another image, and was not changed"
                            : strcmp(add->backup, "kept") == 0 ? " (exists already)"
                                                               : "");
    }
    if (add->is_in_place && !add->is_unchanged)
        cmd_tell_restart(target);
}

/* A job that runs every hour needs no message if nothing changed. A person at a terminal does. */
static void report_unneeded(const struct add *add) {
    if (add->arguments->porcelain) {
        fputs("result=unchanged\nimage=", stdout);
        say_word(stdout, add->image.path);
        putchar('\n');
    } else if (isatty(STDOUT_FILENO)) {
        say_plain(stdout, add->image.path);
        puts(ALREADY_PACKED);
    }
}

/* Packs the opened image. */
static int run(struct add *add) {
    static int (*const steps[])(struct add *) = {read_base, judge_base, make_plan, make_payload};
    const char *shown = add->arguments->out ? add->arguments->out : add->image.path;
    struct image_error error;
    bool is_needed = true;
    int code = bundle_read(&add->bundle, add->arguments, &add->image, &add->packed);

    if (code == SAY_DONE && add->arguments->if_needed)
        code = needed_look(&add->image, &add->packed, &add->bundle, &is_needed);
    if (code)
        return code;
    if (!is_needed) {
        report_unneeded(add);
        return SAY_DONE;
    }
    /* Checked before the copy. make_payload() checks the exact size. */
    if (add->packed.base_bytes > PLAN_IMAGE_MAX_BYTES - MANIFEST_SEGMENT_BYTES)
        return say_error(SAY_REFUSED, "change", add->image.path, "%s", plan_refusal_text(PLAN_TOO_LARGE));
    code = cmd_lock(&add->image, add->target);
    if (code)
        return code;
    if (draft_create(&add->draft, &add->image, add->target, add->packed.base_bytes, &error) < 0)
        return say_image_error(&error);
    add->is_in_place = strcmp(add->draft.target, add->image.path) == 0;
    for (size_t i = 0; code == SAY_DONE && i < sizeof(steps) / sizeof(steps[0]); i++)
        code = steps[i](add);
    if (code)
        return code;
    add->is_unchanged = is_the_same(add);
    if (!add->is_unchanged)
        code = write_image(add);
    if (code)
        return code;
    if (add->arguments->porcelain)
        report_porcelain(add, shown);
    else
        report_people(add, shown);
    cmd_warn_of_links(&add->image, &add->scan);
    return SAY_DONE;
}

int cmd_add(const struct arguments *arguments) {
    struct add *add = calloc(1, sizeof(*add));
    int code;

    if (!add)
        return say_error(SAY_SYSTEM, "pack", "the image", "out of memory");
    if (arguments->if_needed && arguments->out) {
        free(add);
        return say_error(SAY_USAGE, "use", "--if-needed", "it cannot be combined with -o");
    }
    add->arguments = arguments;
    add->draft.fd = -1;
    code = cmd_open_for_change(arguments, &add->image, &add->target);
    if (code == SAY_DONE) {
        add->packed = packed_look(add->image.bytes, add->image.size);
        code = cmd_refuse_state(&add->image, &add->packed);
        if (code == SAY_DONE)
            code = run(add);
        draft_abandon(&add->draft);
        image_close(&add->image);
    }
    bundle_free(&add->bundle);
    payload_free(&add->payload);
    scan_free(&add->scan);
    free(add->target);
    free(add);
    return code;
}
