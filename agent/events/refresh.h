/* SPDX-License-Identifier: MIT */
/*
 * refresh: makes the NFS client ask the server anew, for one object. Edge; any call may hang as long as the server
 * does.
 *
 * The client keeps the server's answer to "may this uid read it?" for each uid and object, and asks when it has none;
 * every reply brings the attributes with it. So access(2) by a uid that never asked before costs one ACCESS call,
 * changes nothing on the server, and works on every kernel (fs/nfs/dir.c, nfs_do_access(); statx(2) is younger than
 * Linux 4.9). A folder whose attributes changed looks its names up anew, names that were missing included.
 */
#ifndef USERMOUNT_EVENTS_REFRESH_H
#define USERMOUNT_EVENTS_REFRESH_H

#include "walk.h"

#include <stdint.h>

/* The uids that ask: no user's, and each only once in an hour however fast records come. They are real uids only; the
 * effective one stays. The jail of the actor allows setresuid(2) for these alone. */
#define REFRESH_UID_BITS 28u
#define REFRESH_UID_FIRST 0x60000000u

/* The attributes of what `object` (O_PATH) stands for. 0 or -errno; -EACCES is an answer too, and is 0 here. */
int refresh_object(const struct walk_mount *mount, int object);

/* Opens what `object` stands for once more, by descriptor, so that no name can be swapped. A descriptor or -errno. */
int refresh_reopen(const struct walk_mount *mount, int object, int flags);

#endif
