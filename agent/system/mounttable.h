/* SPDX-License-Identifier: MIT */
/* mounttable: /proc/self/mountinfo, read for one target and watched for changes. Edge. */
#ifndef USERMOUNT_MOUNTTABLE_H
#define USERMOUNT_MOUNTTABLE_H

#include "../engine/mountinfo.h"

#include <stdbool.h>

/* A descriptor that polls POLLPRI when the table has changed, or -errno. */
int mounttable_open(void);

/* Every mount of the table, in its order: of two on one target, the later lies on top. False: it cannot be read. */
bool mounttable_each(void (*visit)(void *ctx, const struct mountinfo *entry), void *ctx);

#endif
