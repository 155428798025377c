/* SPDX-License-Identifier: MIT */
/*
 * later: notes whose watchers are woken when nothing else is left to do. PURE; the caller owns the memory.
 *
 * After a checkout, thousands of files need an event each, and each event takes calls to the server. The whole mount is
 * fresh by then: these notes may wait, and later edits must not. The first note of each folder comes before all others:
 * the watchers of every folder wake early.
 */
#ifndef USERMOUNT_EVENTS_LATER_H
#define USERMOUNT_EVENTS_LATER_H

#include "note.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LATER_FOLDERS 4096u    /* folders whose first note comes early; the notes of more folders wait */
#define LATER_BYTES (4u << 20) /* of notes: about 40,000 */

/* All zeros: empty. Unused pages are never touched. */
struct later_room {
    uint64_t folders[LATER_FOLDERS]; /* hashes of their paths; 0: free */
    unsigned char bytes[LATER_BYTES];
};

struct later {
    struct later_room *room;
    size_t used_bytes;
    size_t firsts_bytes; /* the folders' first notes are taken up to here, */
    size_t others_bytes; /* and the others up to here; */
    size_t taken_bytes;  /* all of them together */
    bool knows_folders;  /* `folders` has some */
};

/* Keeps a copy of the note. False: no room. */
bool later_put(struct later *later, const struct note *note);

/* Takes the next first note of a folder. False: there is none. For a caller that still receives notes. */
bool later_take_first(struct later *later, struct note *note);

/* Takes the next note. False: none is left, and the caller may give the memory of `room` back. For a caller that
 * receives none at present: what comes after that is another edit, and each folder has a first note again. */
bool later_take(struct later *later, struct note *note);

bool later_is_empty(const struct later *later);

#endif
