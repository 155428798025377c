/* SPDX-License-Identifier: MIT */
/*
 * view: what `usermount events` shows: a line for each note, through a socket in the run directory. Edge, at both ends:
 * the actor's and the verb's. A viewer that does not read loses lines, and never holds anybody.
 */
#ifndef USERMOUNT_EVENTS_VIEW_H
#define USERMOUNT_EVENTS_VIEW_H

#include "note.h"

#define VIEW_LINE_BYTES 16384u /* a path with every byte escaped, and the rest */

enum view_did {
    VIEW_REFRESHED, /* looked up anew; nobody watches it */
    VIEW_RAISED,    /* and an event was raised */
    VIEW_OWN,       /* the guest did it itself: nothing is raised */
    VIEW_FORGOT,    /* everything is looked up anew */
    VIEW_DIDS
};

struct view_line {
    const struct note *note;
    enum view_did did;
    int error; /* 0 or -errno: what could not be done */
};

/* The socket of a mount in the run directory `dir`, for root alone: listening, or -errno; an older one is replaced. */
int view_listen(int dir, uint32_t mount);

/* The verb's end of it, or -errno: -ECONNREFUSED and -ENOENT where there is no actor. One packet is one line, without
 * its end. */
int view_connect(int dir, uint32_t mount);

/* One more viewer on the listening socket `listener`. */
void view_accept(int listener);

/* Costs nothing where nobody looks. */
void view_tell(int listener, const char *target, const struct view_line *line);

#endif
