/* SPDX-License-Identifier: MIT */
#include "daemon_look.h"

#include "clock.h"
#include "mounttable.h"
#include "server.h"

#include <string.h>

#define SOURCE_SIZE (CONFIG_SERVER_SIZE + CONFIG_PATH_SIZE + 4)

/* Whether what is mounted there is the mount we would make; or the one we made, should the default route have come to
 * lead to another gateway since. */
static bool is_same(const struct daemon_world *world, uint32_t index, const struct mountinfo *found) {
    const struct config_mount *mount = &world->config->mounts[index];
    size_t length = strlen(found->source), export = strlen(mount->export);
    char source[SOURCE_SIZE];
    struct text_out made = text_out(source, sizeof source);

    server_source(mount, &made);
    if (strncmp(found->type, "nfs", 3) != 0)
        return false;
    if (strcmp(found->source, source) == 0)
        return true;
    return world->engine->mounts[index].made && strcmp(mount->server, "gateway") == 0 && length > export &&
           found->source[length - export - 1] == ':' && strcmp(found->source + length - export, mount->export) == 0;
}

/* What is on each target that is asked for. */
struct looking {
    const struct daemon_world *world;
    uint32_t begin, end; /* of these mounts */
    enum fsm_event found[CONFIG_MOUNTS_MAX];
    struct text_out *foreign; /* "TYPE SOURCE" of what is in the place of a single mount; may be NULL */
};

static void look_at(void *ctx, const struct mountinfo *entry) {
    struct looking *looking = ctx;

    for (uint32_t i = looking->begin; i < looking->end; i++) {
        if (strcmp(looking->world->config->mounts[i].target, entry->point) != 0)
            continue;
        looking->found[i] = is_same(looking->world, i, entry) ? FSM_SAME : FSM_FOREIGN;
        if (looking->found[i] == FSM_SAME || !looking->foreign)
            continue;
        *looking->foreign = text_out(looking->foreign->buf, looking->foreign->size); /* in place of an earlier one's */
        text_putf(looking->foreign, "%s %s", entry->type, entry->source);
    }
}

static void look_at_mounts(struct looking *looking) {
    for (uint32_t i = looking->begin; i < looking->end; i++)
        looking->found[i] = FSM_FREE;
    mounttable_each(look_at, looking); /* a table that cannot be read shows nothing */
}

enum fsm_event daemon_look(void *ctx, uint32_t index, char foreign[EVIDENCE_TEXT_SIZE]) {
    struct text_out out = text_out(foreign, EVIDENCE_TEXT_SIZE);
    struct looking looking = {.world = ctx, .begin = index, .end = index + 1, .foreign = &out};

    look_at_mounts(&looking);
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
