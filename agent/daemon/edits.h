/* SPDX-License-Identifier: MIT */
/*
 * edits: the daemon's part in edits on the Mac: the wait of a mount(2) for the stream, and the workers that refresh a
 * whole mount. Edge; private to the daemon.
 */
#ifndef USERMOUNT_DAEMON_EDITS_H
#define USERMOUNT_DAEMON_EDITS_H

#include "world.h"
#include "../engine/status.h"

#include <poll.h>

void daemon_edits_init(struct daemon_world *world);

/* Begins the stream before a mount(2). True: the mount(2) waits for it, a second at most. */
bool daemon_edits_wait(struct daemon_world *world, uint32_t mount, enum work work, int64_t deadline_ms);

/* True once, at the end of that wait. */
bool daemon_edits_waited(struct daemon_world *world, uint32_t mount, int64_t now_ms);

/* The latest end of that wait, mono; -1: nothing waits. */
int64_t daemon_edits_wait_ms(const struct daemon_world *world, uint32_t mount);

/* Takes the MOUNTINFO_* flags and the server (numeric) of a mount that is there already. An earlier daemon's may be
 * coherent, and had a stream. */
void daemon_edits_found(struct daemon_world *world, uint32_t mount, uint32_t flags, const char *address);

/* Whether a mount(2) must be coherent now. */
bool daemon_edits_coherent(const struct daemon_world *world, uint32_t mount);

/* Takes a reaped child. True: it was one of these. */
bool daemon_edits_ended(struct daemon_world *world, uint32_t mount, pid_t pid, int status);

/* Passes on the mounts' states, and runs deadlines and timers; once a turn of the loop. */
void daemon_edits_turn(struct daemon_world *world);

/* Fills the fields of `status` about the cache. */
void daemon_edits_status(const struct daemon_world *world, uint32_t mount, struct status *status);

#endif
