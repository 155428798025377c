/* SPDX-License-Identifier: MIT */
/*
 * place: where exports lie, and what a path that the system tells is called below one. PURE.
 *
 * macOS has two names for much: since 10.15 what is below /System/Volumes/Data is also below / (firmlinks), and /tmp,
 * /var and /etc are links into /private. A guest may mount by either name, and the system may tell either.
 */
#ifndef PACKER_EVENTS_PLACE_H
#define PACKER_EVENTS_PLACE_H

#include "../../agent/stream/stream.h"

#define PLACES_MAX STREAM_EXPORTS_MAX

/* EXPORT[=FOLDER] of the command line. */
struct place {
    struct text export;
    struct text folder; /* the export's own name where none was given */
};

/* Reads one word. NULL, or a clause that says what is wrong with it. */
const char *place_read(const char *word, struct place *place);

/* `path` without /System/Volumes/Data or /private before it, where these are only another name. */
struct text place_plain(struct text path);

/*
 * The place that is `export` or lies above it, the nearest of them; NULL: none. *below is what `export` has behind the
 * place's own name, without a slash before it.
 */
const struct place *place_find(const struct place *places, size_t count, struct text export, struct text *below);

/* `path`, absolute, as one relative to the folder `root`, absolute: false when it is not in it. Empty: it is the
 * folder. */
bool place_inside(struct text root, struct text path, struct text *below);

#endif
