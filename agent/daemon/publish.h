/* SPDX-License-Identifier: MIT */
/*
 * publish: writes the daemon's and the mounts' state to the run directory, and keeps the directory. Edge; private to
 * the daemon.
 */
#ifndef USERMOUNT_DAEMON_PUBLISH_H
#define USERMOUNT_DAEMON_PUBLISH_H

#include "world.h"

/* engine_world.publish; ctx is a struct daemon_world. */
void daemon_publish(void *ctx, uint32_t mount);

/* Writes the daemon's own file, and those of all mounts. */
void daemon_publish_all(struct daemon_world *world);

/* Takes a lost run directory again, and writes lost files again; once a turn of the loop. `changed`: the watch is
 * readable. False: another daemon was faster, and has the directory. */
bool daemon_keep_run_dir(struct daemon_world *world, bool changed);

#endif
