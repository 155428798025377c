/* SPDX-License-Identifier: MIT */
/*
 * raise: wakes the inotify watchers of one object, by system calls that change only a ctime on the server.
 *
 * The choice is PURE, the calls are an edge. Only two ways raise an event without harm: open(2) and close(2) raise OPEN
 * and CLOSE_*, and chown(2) to the object's own owner raises ATTRIB. Nothing raises MODIFY, CREATE, DELETE and MOVED.
 * docs/events.md names the calls that destroy edits.
 */
#ifndef USERMOUNT_EVENTS_RAISE_H
#define USERMOUNT_EVENTS_RAISE_H

#include "../mount/walk.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct raise {
    bool reads;  /* open(O_RDONLY) and close: OPEN, CLOSE_NOWRITE */
    bool writes; /* open(O_WRONLY) and close: OPEN, CLOSE_WRITE */
    bool chowns; /* to its own owner: ATTRIB */
};

/*
 * Chooses the calls for an object of `mode` (st_mode). `mask` has the IN_* of its own watches and its folder's. It
 * never opens for writing an executable, for which exec(2) would fail meanwhile, or anything but a regular file. It
 * never chowns an object with a set-id bit, which chown would clear. It leaves links, FIFOs, sockets and devices alone.
 */
struct raise raise_choose(mode_t mode, uint32_t mask);

/* Makes the calls on `object` (O_PATH) with its fresh attributes `status`. It skips what the server refuses. True: it
 * raised an event. */
bool raise_events(const struct walk_mount *mount, int object, const struct stat *status, struct raise raise);

#endif
