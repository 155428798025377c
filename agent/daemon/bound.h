/* SPDX-License-Identifier: MIT */
/*
 * bound: times the looks for the folders that containers bind, which the watcher may ignore otherwise. Edge; private to
 * the daemon.
 *
 * When a container starts, Docker's own mounts change the agent's table shortly before or after the container's binds.
 * Each change therefore starts three looks: 100 ms later, one second after that, and four seconds after that. Nothing
 * else starts one.
 */
#ifndef USERMOUNT_DAEMON_BOUND_H
#define USERMOUNT_DAEMON_BOUND_H

#include "world.h"

/* Notes that the agent's mount table has changed. */
void daemon_bound_changed(struct daemon_world *world);

/* Starts the looks that are due and ends those that hang; once a turn of the loop. */
void daemon_bound_turn(struct daemon_world *world);

/* When the next look or deadline is due, mono; -1: none. */
int64_t daemon_bound_due_ms(const struct daemon_world *world, uint32_t mount);

/* Takes a reaped child. True: it was one of these. */
bool daemon_bound_ended(struct daemon_world *world, uint32_t mount, pid_t pid, int status);

#endif
