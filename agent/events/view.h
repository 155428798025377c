/* SPDX-License-Identifier: MIT */
/*
 * view: the lines of `usermount events`, one for each note, through a socket in the run directory. Edge, at both ends:
 * the actor's and the verb's. A slow viewer loses lines and delays nobody.
 */
#ifndef USERMOUNT_EVENTS_VIEW_H
#define USERMOUNT_EVENTS_VIEW_H

#include "note.h"

#define VIEW_LINE_BYTES 16384u /* a path with every byte escaped, and the rest */

enum view_did {
    VIEW_REFRESHED, /* it was refreshed, and nobody watches it */
    VIEW_RAISED,    /* and it raised an event */
    VIEW_OWN,       /* the edit is the guest's own */
    VIEW_FORGOT,    /* the whole mount was refreshed */
    VIEW_DIDS
};

struct view_line {
    const struct note *note;
    enum view_did did;
    int error; /* 0 or -errno of the step that failed */
};

/* Makes the mount's listening socket in the run directory `dir`, for root alone, or -errno. It replaces an older one.
 */
int view_listen(int dir, uint32_t mount);

/* Connects the verb to it, or -errno; -ECONNREFUSED and -ENOENT: there is no actor. A packet is a line without its line
 * feed. */
int view_connect(int dir, uint32_t mount);

/* Accepts a viewer on the listening socket `listener`. */
void view_accept(int listener);

/* Sends a line to the viewers. Without viewers it costs nothing. */
void view_tell(int listener, const char *target, const struct view_line *line);

#endif
