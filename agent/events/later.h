/* SPDX-License-Identifier: MIT */
/*
 * later: notes whose watchers are told when nothing else is to be done. PURE; the memory is the caller's.
 *
 * After a checkout thousands of files want an event each, and each event takes calls to the server. Everything is
 * looked up anew by then, so nothing is stale: these notes may wait, and the edits behind them must not. The first one
 * of each folder comes before the others, so that whoever watches a folder begins soon.
 */
#ifndef USERMOUNT_EVENTS_LATER_H
#define USERMOUNT_EVENTS_LATER_H

#include "note.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LATER_FOLDERS 4096u    /* that get their first note early; those beyond wait with the others */
#define LATER_BYTES (2u << 20) /* of notes: about 20,000 */

/* All zero at first. Only what was used is touched. */
struct later_room {
    uint64_t folders[LATER_FOLDERS]; /* hashes of their paths; 0: nothing */
    unsigned char bytes[LATER_BYTES];
};

struct later {
    struct later_room *room;
    size_t used_bytes;
    size_t firsts_bytes; /* the first ones of folders have been taken up to here, */
    size_t others_bytes; /* and the others up to here */
};

/* Keeps a copy of the note; false where there is no room. */
bool later_put(struct later *later, const struct note *note);

/* The next one, as it was put; false when there is none: then all of `room->bytes` is free to be given back. */
bool later_take(struct later *later, struct note *note);

bool later_is_empty(const struct later *later);

#endif
