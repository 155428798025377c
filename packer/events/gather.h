/* SPDX-License-Identifier: MIT */
/*
 * gather: the paths edited within a short time, each listed once. PURE. The caller owns the memory, which never grows.
 *
 * When the paths do not fit, or the system lost some, one folder stands for everything below it.
 */
#ifndef PACKER_EVENTS_GATHER_H
#define PACKER_EVENTS_GATHER_H

#include "../../agent/stream/stream.h"

#define GATHER_MS 30
#define GATHER_PATHS 20000u
#define GATHER_TEXT_BYTES (2u << 20) /* for all names together */
#define GATHER_SLOTS 65536u          /* a power of two, and more than twice the paths */

struct gather_path {
    uint32_t at; /* in text */
    uint16_t len;
    uint8_t causes; /* all causes, of enum echo_cause */
    bool was_folder;
};

/* All zeros: empty. Pages that were never used take no memory. */
struct gather {
    size_t count;
    size_t used;
    bool is_below; /* anything below `below` may have changed; no path in it is listed */
    size_t below_len;
    char below[STREAM_PATH_BYTES + 1];
    struct gather_path paths[GATHER_PATHS];
    uint16_t slots[GATHER_SLOTS]; /* index + 1 into paths, by the path's hash */
    char text[GATHER_TEXT_BYTES];
};

/* Adds an edited path; "" is the export's own folder. */
void gather_add(struct gather *gather, struct text path, unsigned causes, bool was_folder);

/* Adds everything at or below `path`. */
void gather_below(struct gather *gather, struct text path);

bool gather_is_empty(const struct gather *gather);

/* The folder that stands for everything below it; false: there is none. */
bool gather_all_below(const struct gather *gather, struct text *path);

/* The paths in order of their first arrival; index from 0 to count - 1. */
struct text gather_path(const struct gather *gather, size_t index);

/* Empties it. */
void gather_clear(struct gather *gather);

#endif
