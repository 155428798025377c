/* SPDX-License-Identifier: MIT */
/*
 * edits: the daemon's part in what the Mac tells of edits: when a mount(2) waits for the stream and what comes
 * of it, and the workers that make a mount look everything up anew. Edge; private to the daemon.
 */
#ifndef USERMOUNT_DAEMON_EDITS_H
#define USERMOUNT_DAEMON_EDITS_H

#include "world.h"
#include "../engine/status.h"

#include <poll.h>

void daemon_edits_init(struct daemon_world *world);

/* Before a mount(2): begins the stream, if it has not begun. True: the mount waits, a second at most. */
bool daemon_edits_wait(struct daemon_world *world, uint32_t mount, enum work work, int64_t deadline_ms);

/* True once, when that wait is over. */
bool daemon_edits_waited(struct daemon_world *world, uint32_t mount, int64_t now_ms);

/* When that wait is over at the latest, mono; -1: nothing waits. */
int64_t daemon_edits_wait_ms(const struct daemon_world *world, uint32_t mount);

/* The mount is there already, with these MOUNTINFO_* flags and this server (numeric): an earlier daemon's may be
 * coherent, and has had a stream. */
void daemon_edits_found(struct daemon_world *world, uint32_t mount, uint32_t flags, const char *address);

/* How a mount(2) is to be made now. */
bool daemon_edits_coherent(const struct daemon_world *world, uint32_t mount);

/* True when the child that was reaped is one of these. */
bool daemon_edits_ended(struct daemon_world *world, uint32_t mount, pid_t pid, int status);

/* A turn of the loop: how the mounts stand now, deadlines and timers. */
void daemon_edits_turn(struct daemon_world *world);

/* What `status` shows of it. */
void daemon_edits_status(const struct daemon_world *world, uint32_t mount, struct status *status);

#endif
