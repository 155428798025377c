/* SPDX-License-Identifier: MIT */
#include "mounted.h"

#include "edits.h"
#include "../system/clock.h"
#include "../system/mounttable.h"
#include "../settings/options.h"
#include "../mount/server.h"

#include <string.h>

#define SOURCE_SIZE (CONFIG_SERVER_SIZE + CONFIG_PATH_SIZE + 4)

/* Compares the options that change what programs may do, and that the kernel shows as they were set. It shows caching
 * and sizes in another form. */
static bool has_our_options(const struct config *config, const struct config_mount *mount, uint32_t flags) {
    struct options asked;

    return options_build(config->options, mount->options, NULL, &asked) == CONFIG_OK &&
           (asked.flags & MOUNTINFO_OWN) == (flags & MOUNTINFO_OWN) && asked.soft == ((flags & MOUNTINFO_SOFT) != 0);
}

static bool has_our_source(const struct config_mount *mount, const struct mountinfo *found) {
    char source[SOURCE_SIZE];
    struct text_out made = text_out(source, sizeof source);

    server_source(mount, &made);
    return strcmp(found->source, source) == 0;
}

/* Whether `found` is the mount that the settings ask for. A mount that this daemon or an earlier one made counts,
 * whatever its options: changed settings apply to the next mount(2). Another program's mount must have our options. If
 * the default route leads to a new gateway, our mount still has the old address. */
static bool is_same(const struct daemon_world *world, uint32_t index, const struct mountinfo *found) {
    const struct config_mount *mount = &world->config->mounts[index];
    size_t length = strlen(found->source), export = strlen(mount->export);
    bool ours = world->engine->mounts[index].made;

    if (strcmp(found->type, "nfs") != 0) /* version 4 is "nfs4" */
        return false;
    if (has_our_source(mount, found))
        return ours || has_our_options(world->config, mount, found->flags);
    return ours && strcmp(mount->server, "gateway") == 0 && length > export &&
           found->source[length - export - 1] == ':' && strcmp(found->source + length - export, mount->export) == 0;
}

/* A look at some targets. */
struct looking {
    const struct daemon_world *world;
    uint32_t begin, end; /* the mounts' indexes */
    enum fsm_event found[CONFIG_MOUNTS_MAX];
    uint32_t flags;           /* MOUNTINFO_* of the last FSM_SAME, */
    char address[64];         /* and its server */
    struct text_out *foreign; /* gets "TYPE SOURCE" of a FSM_FOREIGN; may be NULL */
};

static void look_at(void *ctx, const struct mountinfo *entry) {
    struct looking *looking = ctx;

    for (uint32_t i = looking->begin; i < looking->end; i++) {
        if (strcmp(looking->world->config->mounts[i].target, entry->point) != 0)
            continue;
        looking->found[i] = is_same(looking->world, i, entry) ? FSM_SAME : FSM_FOREIGN;
        if (looking->found[i] == FSM_SAME) {
            looking->flags = entry->flags;
            memcpy(looking->address, entry->address, sizeof looking->address);
        }
        if (looking->found[i] == FSM_SAME || !looking->foreign)
            continue;
        *looking->foreign = text_out(looking->foreign->buf, looking->foreign->size); /* replaces an earlier one's */
        text_putf(looking->foreign, "%s %s", entry->type, entry->source);
        if (strcmp(entry->type, "nfs") == 0 && has_our_source(&looking->world->config->mounts[i], entry))
            text_put(looking->foreign, " with options that differ from the settings");
    }
}

static void look_at_mounts(struct looking *looking) {
    for (uint32_t i = looking->begin; i < looking->end; i++)
        looking->found[i] = FSM_FREE;
    mounttable_each(look_at, looking); /* an unreadable table counts as empty */
}

enum fsm_event daemon_look(void *ctx, uint32_t index, char foreign[EVIDENCE_TEXT_SIZE]) {
    struct text_out out = text_out(foreign, EVIDENCE_TEXT_SIZE);
    struct looking looking = {.world = ctx, .begin = index, .end = index + 1, .foreign = &out};

    look_at_mounts(&looking);
    if (looking.found[index] == FSM_SAME)
        daemon_edits_found(ctx, index, looking.flags, looking.address);
    return looking.found[index];
}

void daemon_look_changed(struct daemon_world *world) {
    struct looking looking = {.world = world, .end = world->config->mount_count};
    uint32_t up = 0;

    for (uint32_t i = 0; i < looking.end; i++)
        up += world->engine->mounts[i].state == FSM_UP;
    if (up == 0)
        return;
    look_at_mounts(&looking);
    for (uint32_t i = 0; i < looking.end; i++)
        if (world->engine->mounts[i].state == FSM_UP && looking.found[i] != FSM_SAME)
            engine_nudge(world->engine, i, true, clock_now());
}
