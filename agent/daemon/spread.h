/* SPDX-License-Identifier: MIT */
/*
 * spread: the daemon's part in bringing a mount to running containers: when the worker that does it starts, how it is
 * given up, and what it says of those that are behind. Edge; private to the daemon.
 */
#ifndef USERMOUNT_DAEMON_SPREAD_H
#define USERMOUNT_DAEMON_SPREAD_H

#include "world.h"

/* engine_world.spread and .recall; ctx is a struct daemon_world. */
void daemon_spread(void *ctx, uint32_t mount, uint32_t timeout_ms);
void daemon_spread_recall(void *ctx, uint32_t mount);

/* Start those that wait no longer. Best called after everything else. */
void daemon_spread_start(struct daemon_world *world);

/* Whether one that was asked to end still does. */
bool daemon_spread_is_leaving(const struct daemon_world *world);

/* True when the child that was reaped is the mount's. */
bool daemon_spread_ended(struct daemon_world *world, uint32_t mount, pid_t pid, int status);

/* Hear what it says, and end it when its deadline has come. */
void daemon_spread_expire(struct daemon_world *world, uint32_t mount, struct engine_time now);

#endif
