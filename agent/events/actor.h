/* SPDX-License-Identifier: MIT */
/*
 * actor: does what the notes of edits ask for, in one mount. Edge, in a child of its own under a jail that knows no
 * call that writes to a file (jail.h); it asks others for the two things that need rights: who watches (scanner.h), and
 * to make the whole mount look everything up anew (the daemon, by a worker).
 */
#ifndef USERMOUNT_EVENTS_ACTOR_H
#define USERMOUNT_EVENTS_ACTOR_H

#include "edit.h"
#include "later.h"

/* One byte each. */
#define ACTOR_SCAN '?'      /* to the scanner, which answers with the same */
#define ACTOR_FORGET 'f'    /* to the daemon: make the whole mount look everything up anew */
#define ACTOR_FORGOTTEN 'd' /* from the daemon: that is done */
#define ACTOR_KEPT 'k'      /* from the daemon: it could not be done */

struct actor {
    int notes;               /* from the reader: struct note, one a packet */
    int daemon;              /* ACTOR_FORGET and its answers */
    int scanner;             /* ACTOR_SCAN; -1: no events are raised */
    int viewers;             /* listens for `usermount events`; -1: nobody can look */
    const char *target;      /* the mount point */
    struct watches *watches; /* shared with the scanner; empty without one */
    struct edit_scene scene;
    struct later later;
    bool is_held;         /* one of those has been taken, and waits for its scan */
    int64_t scanned_us;   /* when the last scan began, */
    int64_t scan_took_us; /* and how long it took */
    bool ended;
};

/* What must be there before the jail: the mount, and room for notes. 0 or -errno; the other fields up to `watches` are
 * set. */
int actor_open(struct actor *actor);

/* Runs until `notes` ends. */
void actor_run(struct actor *actor);

#endif
