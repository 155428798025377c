/* SPDX-License-Identifier: MIT */
/*
 * place: where exports lie, and the relative name of a path in one. PURE.
 *
 * Many paths have two names on macOS. Since 10.15, firmlinks show /System/Volumes/Data at / too, and /tmp, /var and
 * /etc are links into /private. A guest may mount by either name, and the system may report either.
 */
#ifndef PACKER_EVENTS_PLACE_H
#define PACKER_EVENTS_PLACE_H

#include "../../agent/stream/stream.h"

#define PLACES_MAX STREAM_EXPORTS_MAX

/* EXPORT[=FOLDER] on the command line. */
struct place {
    struct text export;
    struct text folder; /* the export's own name unless given */
};

/* Reads one word. NULL, or a clause that says why it is wrong. */
const char *place_read(const char *word, struct place *place);

/* `path` without a leading /System/Volumes/Data or /private that only gives it a second name. */
struct text place_plain(struct text path);

/*
 * The nearest place at or above `export`; NULL: none. *below is the rest of `export` behind that place's name, without
 * a leading slash.
 */
const struct place *place_find(const struct place *places, size_t count, struct text export, struct text *below);

/* Makes the absolute `path` relative to the absolute folder `root`; empty: the folder itself. False: it lies outside.
 */
bool place_inside(struct text root, struct text path, struct text *below);

#endif
