/* SPDX-License-Identifier: MIT */
/*
 * seen: remembers the mounts of other namespaces that a worker has seen to, in this look or an earlier one. Pure, but
 * it allocates.
 */
#ifndef USERMOUNT_CONTAINERS_SEEN_H
#define USERMOUNT_CONTAINERS_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct containers_seen {
    uint64_t mounts; /* the namespace */
    uint32_t id;     /* of the mount; 0: all of the namespace */
    bool behind;     /* it is logged as behind */
    bool again;      /* another look retries it */
    uint32_t look;   /* the last one that tried it */
};

/* All zeros: empty. A child has its own copy. */
struct containers_memory {
    struct containers_seen *seen; /* allocated, and never freed: the worker ends soon */
    size_t count;
    uint32_t look; /* the number of this look, which the caller counts */
};

/* The mount's entry; NULL: no earlier look has tried it. */
struct containers_seen *containers_known(const struct containers_memory *memory, uint64_t mounts, uint32_t id);

/* Whether nobody has to work on the mount `id` in this look. A failure that may pass is retried in the next one. */
bool containers_was_seen(const struct containers_memory *memory, uint64_t mounts, uint32_t id);

/* Adds `now` for this look, or replaces the mount's entry. 1: the mount was behind and still is; 0; or -ENOMEM. */
int containers_remember(struct containers_memory *memory, struct containers_seen now);

/* How many mounts are behind, and how many of these must be retried. */
uint32_t containers_behind(const struct containers_memory *memory);
uint32_t containers_again(const struct containers_memory *memory);

#endif
