/* SPDX-License-Identifier: MIT */
/*
 * bound: when to look which folders of a share are bound, for the watcher that may leave them out. Edge; private to the
 * daemon.
 *
 * Docker's own mounts change the agent's table when a container starts, shortly before or after the container's binds.
 * Each change therefore starts three looks: 100 ms later, one second after that, and four seconds after that. Without a
 * change there is none.
 */
#ifndef USERMOUNT_DAEMON_BOUND_H
#define USERMOUNT_DAEMON_BOUND_H

#include "world.h"

/* The agent's mount table has changed. */
void daemon_bound_changed(struct daemon_world *world);

/* A turn of the loop: starts the looks that are due, ends those that hang. */
void daemon_bound_turn(struct daemon_world *world);

/* When the next look or deadline is due, mono; -1: none. */
int64_t daemon_bound_due_ms(const struct daemon_world *world, uint32_t mount);

/* True when the child that was reaped is one of these. */
bool daemon_bound_ended(struct daemon_world *world, uint32_t mount, pid_t pid, int status);

#endif
