/* SPDX-License-Identifier: MIT */
/*
 * edit: what one edit on the Mac means in one mount: what is looked up anew, and which events are raised. Edge; any
 * call may hang as long as the server does.
 *
 * Nothing of a note is believed: its path is walked without following links or leaving the mount (walk.h), and what is
 * done to an object depends on what the object is found to be (raise.h).
 */
#ifndef USERMOUNT_EVENTS_EDIT_H
#define USERMOUNT_EVENTS_EDIT_H

#include "note.h"
#include "own.h"
#include "view.h"
#include "walk.h"
#include "watches.h"

#include <stdbool.h>
#include <stdint.h>

struct edit_scene {
    struct walk_mount mount;
    struct own own;
    const struct watches *watches;
    bool (*forget)(void *ctx); /* makes the whole mount look everything up anew; false: it could not be done */
    void *ctx;
    int64_t fresh_us;      /* what came before this needs no look of its own: everything was looked up anew since */
    int64_t forgot_us;     /* when that was tried last */
    bool is_list_fresh;    /* what a list tells one by one was looked up anew with the list's head */
    uint32_t burst;        /* edits in a row that came late */
    uint64_t folder_inode; /* the folder that was refreshed last, */
    int64_t folder_us;     /* and when */
    uint64_t gone_inode;   /* the folder that was touched last for a name that is gone, */
    int64_t gone_us;       /* and when */
};

/* Whether the whole mount has been made to look everything up anew since the note came: then there is nobody to do
 * anything for but those who watch, and that may wait. */
bool edit_is_fresh(const struct edit_scene *scene, const struct note *note);

/* What was done. *error is 0, or -errno of what could not be done; *error of a folder that is gone is -ENOENT. */
enum view_did edit_apply(struct edit_scene *scene, const struct note *note, int *error);

#endif
