/* SPDX-License-Identifier: MIT */
/*
 * spread: the daemon's part in bringing a mount to running containers: it starts and ends the worker and takes its
 * reports about mounts that are behind. Edge; private to the daemon.
 */
#ifndef USERMOUNT_DAEMON_SPREAD_H
#define USERMOUNT_DAEMON_SPREAD_H

#include "world.h"

/* engine_world.spread and .recall; ctx is a struct daemon_world. */
void daemon_spread(void *ctx, uint32_t mount, uint32_t timeout_ms);
void daemon_spread_recall(void *ctx, uint32_t mount);

/* Starts the spreads whose wait is over. Call it last in a turn of the loop. */
void daemon_spread_start(struct daemon_world *world);

/* Whether a spread is still ending. */
bool daemon_spread_is_leaving(const struct daemon_world *world);

/* Takes a reaped child. True: it was the mount's. */
bool daemon_spread_ended(struct daemon_world *world, uint32_t mount, pid_t pid, int status);

/* When its next deadline or the end of its wait is due, mono; -1: none. */
int64_t daemon_spread_due_ms(const struct daemon_world *world, uint32_t mount);

/* Takes the spread's reports and ends it at its deadline. */
void daemon_spread_expire(struct daemon_world *world, uint32_t mount, struct engine_time now);

#endif
