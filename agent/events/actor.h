/* SPDX-License-Identifier: MIT */
/*
 * actor: acts on the notes of edits in one mount. Edge, in a child of its own. Its jail allows no call that writes to a
 * file (jails.h). Two things need rights, and it asks others for them: the scanner which files are watched (scanner.h),
 * and the daemon to refresh the whole mount.
 */
#ifndef USERMOUNT_EVENTS_ACTOR_H
#define USERMOUNT_EVENTS_ACTOR_H

#include "edit.h"
#include "later.h"

/* One byte each. */
#define ACTOR_SCAN '?'      /* to the scanner, which answers with the same */
#define ACTOR_FORGET 'f'    /* to the daemon: refresh the whole mount */
#define ACTOR_FORGOTTEN 'd' /* from the daemon: done */
#define ACTOR_KEPT 'k'      /* from the daemon: it failed */

struct actor {
    int notes;               /* from the reader: struct note, one a packet */
    int daemon;              /* ACTOR_FORGET and its answers */
    int scanner;             /* ACTOR_SCAN; -1: raise no events */
    int viewers;             /* listens for `usermount events`; -1: no viewers */
    const char *target;      /* the mount point */
    struct watches *watches; /* shared with the scanner; empty without one */
    struct edit_scene scene;
    struct later later;
    bool is_held;         /* a note, taken from there, waits for its scan */
    int64_t scanned_us;   /* when the last scan began, */
    int64_t scan_took_us; /* and how long it took */
    bool ended;
};

/* Opens the mount and makes room for notes, before the jail. The caller has set the fields up to `watches`. 0 or
 * -errno. */
int actor_open(struct actor *actor);

/* Runs until `notes` ends. */
void actor_run(struct actor *actor);

#endif
