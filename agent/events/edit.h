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
    uint32_t burst;        /* edits in a row that came late */
    uint64_t folder_inode; /* the folder that was refreshed last, */
    int64_t folder_us;     /* and when */
};

/* What was done. *error is 0, or -errno of what could not be done; *error of a folder that is gone is -ENOENT. */
enum view_did edit_apply(struct edit_scene *scene, const struct note *note, int *error);

#endif
