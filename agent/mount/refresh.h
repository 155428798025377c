/* SPDX-License-Identifier: MIT */
/*
 * refresh: makes the NFS client ask the server for one object's attributes. Edge; any call may hang as long as the
 * server does.
 *
 * The client caches the server's access rights for each uid and object, and each ACCESS reply carries the attributes.
 * An access(2) by a new uid therefore costs one ACCESS call, changes nothing on the server, and works on every kernel
 * (fs/nfs/dir.c, nfs_do_access()); Linux 4.9 has no statx(2). When a folder's attributes change, the client looks up
 * its names again, missing names too.
 */
#ifndef USERMOUNT_EVENTS_REFRESH_H
#define USERMOUNT_EVENTS_REFRESH_H

#include "walk.h"

#include <stdbool.h>
#include <stdint.h>

/* The real uids for these calls; the effective uid stays. They are no user's. The time chooses one, since several
 * processes ask, and each of them may end and begin anew: a uid lasts 16 us, which is less than a call takes, and comes
 * again after more than an hour. The actor's jail allows setresuid(2) for these alone. */
#define REFRESH_UID_US 16
#define REFRESH_UID_BITS 28u
#define REFRESH_UID_FIRST 0x60000000u

/* Refreshes the attributes of `object` (O_PATH). 0 or -errno; a denial is an answer too, and is 0. */
int refresh_object(const struct walk_mount *mount, int object);

/* Opens `object` (O_PATH) again, by its descriptor: no name can be swapped meanwhile. A descriptor or -errno. */
int refresh_reopen(const struct walk_mount *mount, int object, int flags);

/* Drops the cached content of `file` (O_PATH), also from programs that have mapped it. `is_coarse`: even if size and
 * time are the same. It ignores errors. */
void refresh_content(const struct walk_mount *mount, int file, bool is_coarse);

/* Drops the cached list of `folder` (O_PATH), even if its time is the same. It ignores errors. */
void refresh_list(const struct walk_mount *mount, int folder);

#endif
