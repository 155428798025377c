/* SPDX-License-Identifier: MIT */
/* mounted: the daemon's targets in the mount table. Edge; private to the daemon. */
#ifndef USERMOUNT_DAEMON_MOUNTED_H
#define USERMOUNT_DAEMON_MOUNTED_H

#include "world.h"

/* engine_world.look; ctx is a struct daemon_world. */
enum fsm_event daemon_look(void *ctx, uint32_t index, char foreign[EVIDENCE_TEXT_SIZE]);

/* Nudges the mounts that a change of the table removed. Every start of a container changes the table, and only a change
 * of a target deserves a check. One reading serves all mounts. */
void daemon_look_changed(struct daemon_world *world);

#endif
