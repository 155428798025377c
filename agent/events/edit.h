/* SPDX-License-Identifier: MIT */
/*
 * edit: refreshes what one edit on the Mac changed in one mount, and raises its events. Edge; any call may hang as long
 * as the server does.
 *
 * A note is not trusted. The walk along its path follows no link and does not leave the mount (walk.h), and the object
 * itself decides what may be done to it (raise.h).
 */
#ifndef USERMOUNT_EVENTS_EDIT_H
#define USERMOUNT_EVENTS_EDIT_H

#include "note.h"
#include "own.h"
#include "view.h"
#include "../mount/walk.h"
#include "watches.h"

#include <stdbool.h>
#include <stdint.h>

/* A call may hang although the server answers all others. SIGALRM then ends the process, and its successor refreshes
 * the whole mount. */
#define EDIT_DEADLINE_S 10

struct edit_scene {
    struct walk_mount mount;
    struct own own;
    const struct watches *watches;
    bool (*forget)(void *ctx); /* refreshes the whole mount; false: it failed */
    void *ctx;
    int64_t fresh_us;   /* the last refresh of the whole mount: older notes need none of their own */
    int64_t forgot_us;  /* the last attempt at such a refresh */
    int64_t woke_us;    /* the last wake-up of every known folder: older notes need none of their own */
    bool is_list_fresh; /* the head of the list refreshed all its paths */
    bool is_coarse;     /* its times were whole seconds: lists of folders are refreshed one by one */
    int64_t idle_us;    /* when no edit waited: the reader, which this actor holds up, cannot tell how late they are */
    uint32_t burst;     /* edits in a row that came late */
    uint64_t folder_inode; /* the folder that was refreshed last, */
    int64_t folder_us;     /* and when */
    uint64_t gone_inode;   /* the folder that was touched last for a name that is gone, */
    int64_t gone_us;       /* and when */
};

/* Whether the whole mount was refreshed since the note came. Only watchers are then left to wake, and they may wait. */
bool edit_is_fresh(const struct edit_scene *scene, const struct note *note);

/* Sets the alarm to EDIT_DEADLINE_S at its begin and again for each folder that it wakes; the caller stops the alarm.
 * Returns what it did. *error is 0 or -errno of the step that failed; -ENOENT: the folder is gone. */
enum view_did edit_apply(struct edit_scene *scene, const struct note *note, int *error);

#endif
