/* SPDX-License-Identifier: MIT */
#include "inputs.h"

#include "kept.h"
#include "../../agent/common/text.h"
#include "../image/sniff.h"
#include "../image/elf.h"
#include "../output/say.h"
#include "conf.h"
#include "brought.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(ARGUMENTS_SET_MAX <= SETTINGS_SETS_MAX, "settings_parts can hold every --set");

#define CONFIG_MAX_BYTES (64u << 10)
#define AGENT_MAX_BYTES (16u << 20)
/* 2016-07-01. OpenRC warns of files from the future, so the time must be earlier than any guest's clock. */
#define DEFAULT_TIME_S 1467331200u

/* Settings, and their origin for messages. */
struct source {
    const char *base;
    size_t base_bytes;
    const char *base_name; /* the file's name; for kept settings the image's */
    bool is_own;           /* the base is not the standard one */
    bool is_kept;          /* the sets come from the packed image, and so does the base if is_own */
    const char *const *sets;
    size_t set_count;
};

#define GIVE_NEW "; give new settings with --set or --config"

static void complain(void *context, const struct settings_fault *fault) {
    const struct source *source = context;

    if (fault->is_warning) {
        say_warning(fault->option, "%s", fault->reason);
        return;
    }
    /* The user knows the option, and not the line of the packed file. */
    if (fault->set)
        say_error(SAY_USAGE, source->is_kept ? "keep the setting" : "use --set", source->sets[fault->set - 1], "%s%s",
                  fault->reason, source->is_kept ? GIVE_NEW : "");
    else
        say_error(SAY_USAGE, source->is_kept && source->is_own ? "keep the settings of" : "use", source->base_name,
                  "line %u, column %u: %s%s", fault->line, fault->column, fault->reason,
                  source->is_kept && source->is_own ? GIVE_NEW : "");
}

static int check_set(const char *set) {
    const char *equals = strchr(set, '=');

    if (!equals || equals == set || strchr(set, '\n') || strchr(set, '\r') || *set == '#')
        return say_error(SAY_USAGE, "use --set", set, "not KEY=VALUE on one line");
    return SAY_DONE;
}

static int join_settings(struct bundle *bundle, struct source *source) {
    int faults;

    if (settings_join(source->base, source->base_bytes, source->is_own, source->sets, source->set_count,
                      source->is_kept, &bundle->config, &bundle->config_bytes) < 0)
        return say_error(SAY_SYSTEM, "join", "the configuration", "out of memory");
    faults = settings_check(bundle->config, bundle->config_bytes, source->set_count, complain, source);
    if (faults < 0)
        return say_error(SAY_SYSTEM, "check", "the configuration", "out of memory");
    return faults ? SAY_USAGE : SAY_DONE;
}

/* Uses the file of --config, or the standard configuration, as the base. */
static int join_file(struct bundle *bundle, const char *config, struct source *source) {
    struct image_error error;
    char *base = config ? image_slurp(config, CONFIG_MAX_BYTES, &source->base_bytes, &error)
                        : share_config(&source->base_bytes, &error);
    int code;

    if (!base)
        return say_image_error(&error);
    source->base = base;
    source->base_name = config ? config : "usermount.conf";
    code = join_settings(bundle, source);
    free(base);
    return code;
}

static int use_given(struct bundle *bundle, const struct arguments *arguments) {
    struct source source = {.is_own = arguments->config, .sets = arguments->set, .set_count = arguments->set_count};

    for (size_t i = 0; i < arguments->set_count; i++) {
        int code = check_set(arguments->set[i]);

        if (code)
            return code;
    }
    bundle->settings = "given";
    return join_file(bundle, arguments->config, &source);
}

/* Keeps the --set lines, and the file of --config. A standard base is replaced by the installed one. */
static int use_kept(struct bundle *bundle, const struct kept *kept, const char *image_path) {
    struct settings_parts parts;
    struct source source = {.base = kept->config, .base_name = image_path, .is_kept = true};

    if (!kept->config)
        return say_error(SAY_REFUSED, "keep the settings of", image_path, "the payload is damaged" GIVE_NEW);
    settings_split(kept->config, kept->config_bytes, &parts);
    source.base_bytes = parts.base_size;
    source.is_own = parts.is_own;
    source.sets = parts.sets;
    source.set_count = parts.set_count;
    bundle->settings = parts.is_own || parts.set_count ? "kept" : "standard";
    return parts.is_own ? join_settings(bundle, &source) : join_file(bundle, NULL, &source);
}

static int read_settings(struct bundle *bundle, const struct arguments *arguments, const struct image *image,
                         const struct packed *packed) {
    struct source standard = {0};
    struct kept kept;
    int code = kept_read(image, packed, &kept);

    bundle->gzip = arguments->gzip || kept.is_gzip;
    bundle->settings = "standard";
    if (code == SAY_DONE) {
        if (arguments->config || arguments->set_count)
            code = use_given(bundle, arguments);
        else if (packed->state == PACKED_OURS)
            code = use_kept(bundle, &kept, image->path);
        else
            code = join_file(bundle, NULL, &standard);
    }
    free(kept.config);
    return code;
}

/* SOURCE_DATE_EPOCH (reproducible-builds.org/specs/source-date-epoch): decimal seconds since 1970. */
static int read_time(struct bundle *bundle) {
    const char *text = getenv("SOURCE_DATE_EPOCH");
    uint64_t value = 0;

    bundle->mtime_s = DEFAULT_TIME_S;
    if (!text || !*text)
        return SAY_DONE;
    if (!text_u64(text_of(text), UINT32_MAX, &value))
        return say_error(SAY_USAGE, "use SOURCE_DATE_EPOCH", text, "not a number of seconds up to 4294967295");
    bundle->mtime_s = (uint32_t)value;
    return SAY_DONE;
}

static int check_agent(struct bundle *bundle, const char *name) {
    switch (elf_check((const unsigned char *)bundle->agent, bundle->agent_bytes, &bundle->machine)) {
    case ELF_STATIC:
        break;
    case ELF_DYNAMIC:
        return say_error(SAY_REFUSED, "pack", name, "it is not static; the guest may lack its libraries");
    case ELF_OTHER:
        return say_error(SAY_REFUSED, "pack", name, "it is not a 64-bit Linux program");
    }
    bundle->arch = content_machine_name(bundle->machine);
    /* Docker's guests have no other architecture, and the manifest no room for longer names. */
    if (bundle->machine != CONTENT_MACHINE_X86_64 && bundle->machine != CONTENT_MACHINE_AARCH64)
        return say_error(SAY_REFUSED, "pack", name, "it is for neither x86_64 nor aarch64");
    return SAY_DONE;
}

int bundle_read(struct bundle *bundle, const struct arguments *arguments, const struct image *image,
                const struct packed *packed) {
    struct image_error error;
    int code;

    *bundle = (struct bundle){0};
    code = read_settings(bundle, arguments, image, packed);
    if (code)
        return code;
    code = read_time(bundle);
    if (code)
        return code;
    bundle->initd = share_read("usermount.initd", &bundle->initd_bytes, &error);
    if (!bundle->initd)
        return say_image_error(&error);
    if (!arguments->agent)
        return SAY_DONE;
    bundle->agent = image_slurp(arguments->agent, AGENT_MAX_BYTES, &bundle->agent_bytes, &error);
    return bundle->agent ? check_agent(bundle, arguments->agent) : say_image_error(&error);
}

int bundle_choose_agent(struct bundle *bundle, const char *image_path, uint16_t machine) {
    const char *arch = content_machine_name(machine);
    struct image_error error;
    char name[64];
    int code;

    if (bundle->agent && bundle->machine != machine)
        return say_error(SAY_REFUSED, "change", image_path, "it is for %s, and the agent is for %s",
                         arch ? arch : "another architecture", bundle->arch);
    if (bundle->agent)
        return SAY_DONE;
    if (machine != CONTENT_MACHINE_X86_64 && machine != CONTENT_MACHINE_AARCH64)
        return say_error(SAY_REFUSED, "change", image_path, "it is for %s; agents exist for x86_64 and aarch64 only",
                         arch ? arch : "an unknown architecture");
    snprintf(name, sizeof(name), "%s/usermount", arch);
    bundle->agent = share_read(name, &bundle->agent_bytes, &error);
    if (!bundle->agent && error.error == ENOENT)
        return say_error(SAY_SYSTEM, error.action, error.object,
                         "%s; the image is for %s; `make ARCH=%s` on Linux builds the agent", strerror(ENOENT), arch,
                         arch);
    if (!bundle->agent)
        return say_image_error(&error);
    code = check_agent(bundle, name);
    if (code == SAY_DONE && bundle->machine != machine)
        code = say_error(SAY_REFUSED, "pack", name, "it is for %s", bundle->arch);
    return code;
}

static struct payload_item make_item(const struct bundle *bundle, const struct plan_item *planned) {
    struct payload_item item = {.path = planned->path, .mode = planned->mode, .is_fresh = planned->is_fresh};

    switch (planned->source) {
    case PLAN_AGENT:
        item.bytes = bundle->agent;
        item.size = bundle->agent_bytes;
        break;
    case PLAN_INITD:
        item.bytes = bundle->initd;
        item.size = bundle->initd_bytes;
        break;
    case PLAN_CONFIG:
        item.bytes = bundle->config;
        item.size = bundle->config_bytes;
        break;
    case PLAN_LINK:
        item.bytes = PLAN_LINK_TARGET;
        item.size = strlen(PLAN_LINK_TARGET);
        break;
    case PLAN_DIRECTORY:
    case PLAN_MANIFEST:
        break;
    }
    return item;
}

int bundle_build(const struct bundle *bundle, const struct plan *plan, struct payload *out) {
    struct payload_item items[PLAN_ITEMS_MAX];
    struct payload plain;
    int rc;

    for (size_t i = 0; i < plan->count; i++)
        items[i] = make_item(bundle, &plan->items[i]);
    rc = payload_build(items, plan->count, bundle->mtime_s, bundle->gzip ? &plain : out);
    if (rc < 0 || !bundle->gzip)
        return rc;
    rc = payload_gzip(&plain, out);
    payload_free(&plain);
    return rc;
}

void bundle_free(struct bundle *bundle) {
    free(bundle->agent);
    free(bundle->initd);
    free(bundle->config);
}
