/* SPDX-License-Identifier: MIT */
/*
 * raise: wakes the inotify watchers of one object, by system calls that change nothing on the server but a ctime.
 *
 * The choice is PURE, the doing an edge. Only two calls raise an event without harm (docs/events.md has what was tried
 * and what destroys edits): open(2) and close(2) raise OPEN and CLOSE_*, and chown(2) to the owner that the object has
 * already raises ATTRIB. MODIFY, CREATE, DELETE and MOVED cannot be raised.
 */
#ifndef USERMOUNT_EVENTS_RAISE_H
#define USERMOUNT_EVENTS_RAISE_H

#include "walk.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct raise {
    bool reads;  /* open(O_RDONLY) and close: OPEN, CLOSE_NOWRITE */
    bool writes; /* open(O_WRONLY) and close: OPEN, CLOSE_WRITE */
    bool chowns; /* to its own owner: ATTRIB */
};

/*
 * What to do for an object of `mode` (st_mode) that is watched for `mask`: the IN_* of its own watches and of its
 * folder's. Never a write of what is executable, as exec(2) fails meanwhile, or of anything but a regular file; never a
 * chown of what has a set-id bit, as chown takes the bit away; never anything of a link, a FIFO, a socket or a device.
 */
struct raise raise_choose(mode_t mode, uint32_t mask);

/* Does it to `object` (O_PATH), whose attributes were just refreshed: `status`. What the server refuses is left undone.
 * True: something was raised. */
bool raise_events(const struct walk_mount *mount, int object, const struct stat *status, struct raise raise);

#endif
