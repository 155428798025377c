/* SPDX-License-Identifier: MIT */
/* mounttable: /proc/self/mountinfo, read for one target and watched for changes. Edge. */
#ifndef USERMOUNT_MOUNTTABLE_H
#define USERMOUNT_MOUNTTABLE_H

#include "../engine/mountinfo.h"

#include <stdbool.h>

/* A descriptor that polls POLLPRI after a change of the table, or -errno. */
int mounttable_open(void);

/* Calls back for every mount in the table's order; of two on one target, the later is on top. False: it is unreadable.
 */
bool mounttable_each(void (*visit)(void *ctx, const struct mountinfo *entry), void *ctx);

#endif
