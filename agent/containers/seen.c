/* SPDX-License-Identifier: MIT */
#include "seen.h"

#include <errno.h>
#include <stdlib.h>

struct containers_seen *containers_known(const struct containers_memory *memory, uint64_t mounts, uint32_t id) {
    for (size_t i = 0; i < memory->count; i++)
        if (memory->seen[i].mounts == mounts && memory->seen[i].id == id)
            return &memory->seen[i];
    return NULL;
}

bool containers_was_seen(const struct containers_memory *memory, uint64_t mounts, uint32_t id) {
    const struct containers_seen *seen = containers_known(memory, mounts, id);

    return seen && (!seen->again || seen->look == memory->look);
}

int containers_remember(struct containers_memory *memory, struct containers_seen now) {
    struct containers_seen *known = containers_known(memory, now.mounts, now.id);
    bool still = known && known->behind && now.behind;

    if (!known) {
        struct containers_seen *more = realloc(memory->seen, (memory->count + 1) * sizeof *more);
        if (!more)
            return -ENOMEM;
        memory->seen = more;
        known = &more[memory->count++];
    }
    *known = now;
    known->look = memory->look;
    return still;
}

uint32_t containers_behind(const struct containers_memory *memory) {
    uint32_t count = 0;

    for (size_t i = 0; i < memory->count; i++)
        count += memory->seen[i].behind;
    return count;
}

uint32_t containers_again(const struct containers_memory *memory) {
    uint32_t count = 0;

    for (size_t i = 0; i < memory->count; i++)
        count += memory->seen[i].again;
    return count;
}
