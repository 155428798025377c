/* SPDX-License-Identifier: MIT */
/*
 * gather: the paths that were edited within one short time, each once. PURE; the memory is the caller's and never
 * grows.
 *
 * What is more than it holds, or what the system has lost count of, becomes "all that lies below one folder".
 */
#ifndef PACKER_EVENTS_GATHER_H
#define PACKER_EVENTS_GATHER_H

#include "../../agent/stream/stream.h"

#define GATHER_MS 30
#define GATHER_PATHS 20000u
#define GATHER_TEXT_BYTES (2u << 20) /* for all their names */
#define GATHER_SLOTS 65536u          /* a power of two, and more than twice the paths */

struct gather_path {
    uint32_t at; /* in text */
    uint16_t len;
    uint8_t causes; /* of enum echo_cause, all that came */
    bool was_folder;
};

/* All zeros is empty. Nothing is in memory but what is in use. */
struct gather {
    size_t count;
    size_t used;
    bool is_below; /* all below `below` has changed; then paths in it are not kept one by one */
    size_t below_len;
    char below[STREAM_PATH_BYTES + 1];
    struct gather_path paths[GATHER_PATHS];
    uint16_t slots[GATHER_SLOTS]; /* index + 1 into paths, by a hash of the path */
    char text[GATHER_TEXT_BYTES];
};

/* One path that was edited; "" is the export's own folder. */
void gather_add(struct gather *gather, struct text path, unsigned causes, bool was_folder);

/* Anything at or below `path` may have changed. */
void gather_below(struct gather *gather, struct text path);

bool gather_is_empty(const struct gather *gather);

/* The one below which all has changed, if there is such. */
bool gather_all_below(const struct gather *gather, struct text *path);

/* The paths in the order in which they came first: index from 0 to count - 1. */
struct text gather_path(const struct gather *gather, size_t index);

/* Empty again. */
void gather_clear(struct gather *gather);

#endif
