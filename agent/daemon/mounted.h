/* SPDX-License-Identifier: MIT */
/* mounted: what the mount table shows on the daemon's targets. Edge; private to the daemon. */
#ifndef USERMOUNT_DAEMON_MOUNTED_H
#define USERMOUNT_DAEMON_MOUNTED_H

#include "world.h"

/* engine_world.look; ctx is a struct daemon_world. */
enum fsm_event daemon_look(void *ctx, uint32_t index, char foreign[EVIDENCE_TEXT_SIZE]);

/* The mount table has changed, as it does whenever a container starts. Only a change on one of our targets is worth a
 * check: nudge the mounts that are up and have lost their place. The table is read once for all of them. */
void daemon_look_changed(struct daemon_world *world);

#endif
