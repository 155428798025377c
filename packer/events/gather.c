/* SPDX-License-Identifier: MIT */
#include "gather.h"

#include "../../agent/stream/stream_path.h"

#include <string.h>

static uint32_t slot_of(struct text path) {
    uint64_t hash = text_hash(TEXT_HASH, path);

    return (uint32_t)(hash ^ hash >> 32) % GATHER_SLOTS;
}

struct text gather_path(const struct gather *gather, size_t index) {
    const struct gather_path *path = &gather->paths[index];

    return (struct text){gather->text + path->at, path->len};
}

bool gather_is_empty(const struct gather *gather) {
    return gather->count == 0 && !gather->is_below;
}

bool gather_all_below(const struct gather *gather, struct text *path) {
    if (gather->is_below)
        *path = (struct text){gather->below, gather->below_len};
    return gather->is_below;
}

/* Returns the deepest folder that contains all paths. */
static struct text common_folder(const struct gather *gather) {
    struct text all = stream_path_folder(gather_path(gather, 0));

    for (size_t i = 1; i < gather->count && all.len > 0; i++)
        all = stream_path_common(all, gather_path(gather, i));
    return all;
}

/* Clears only the slots in use, so a quiet folder uses few memory pages. */
void gather_clear(struct gather *gather) {
    for (size_t i = 0; i < gather->count; i++) {
        uint32_t slot = slot_of(gather_path(gather, i));

        for (; gather->slots[slot]; slot = (slot + 1) % GATHER_SLOTS)
            gather->slots[slot] = 0;
    }
    gather->count = gather->used = gather->below_len = 0;
    gather->is_below = false;
}

/* Returns the slot of a path, or the empty slot for it. */
static uint16_t *find(struct gather *gather, struct text path) {
    uint32_t slot = slot_of(path);

    for (; gather->slots[slot]; slot = (slot + 1) % GATHER_SLOTS) {
        if (text_same(gather_path(gather, gather->slots[slot] - 1u), path))
            break;
    }
    return &gather->slots[slot];
}

static void set_below(struct gather *gather, struct text path) {
    char copy[STREAM_PATH_BYTES];

    memcpy(copy, path.at, path.len); /* path may point into the memory that is cleared */
    gather_clear(gather);
    gather->is_below = true;
    gather->below_len = path.len;
    memcpy(gather->below, copy, path.len);
}

/* The folder becomes the deepest one that contains `path`, the earlier folder, and all listed paths. */
void gather_below(struct gather *gather, struct text path) {
    struct text all = path;

    if (path.len > STREAM_PATH_BYTES)
        all = (struct text){"", 0};
    if (gather->is_below)
        all = stream_path_common((struct text){gather->below, gather->below_len}, all);
    else
        for (size_t i = 0; i < gather->count && all.len > 0; i++)
            all = stream_path_common(all, gather_path(gather, i));
    set_below(gather, all);
}

void gather_add(struct gather *gather, struct text path, unsigned causes, bool was_folder) {
    uint16_t *slot;

    if (gather->is_below || path.len > STREAM_PATH_BYTES) {
        gather_below(gather, stream_path_folder(path));
        return;
    }
    slot = find(gather, path);
    if (!*slot) {
        if (gather->count == GATHER_PATHS || sizeof gather->text - gather->used < path.len) {
            struct text all = common_folder(gather);

            set_below(gather, stream_path_common(all, path));
            return;
        }
        gather->paths[gather->count] = (struct gather_path){.at = (uint32_t)gather->used, .len = (uint16_t)path.len};
        if (path.len > 0)
            memcpy(gather->text + gather->used, path.at, path.len);
        gather->used += path.len;
        *slot = (uint16_t)++gather->count;
    }
    gather->paths[*slot - 1].causes |= (uint8_t)causes;
    gather->paths[*slot - 1].was_folder |= was_folder;
}
