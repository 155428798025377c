/* SPDX-License-Identifier: MIT */
/* mounttable: /proc/self/mountinfo, read for one target and watched for changes. Edge. */
#ifndef USERMOUNT_MOUNTTABLE_H
#define USERMOUNT_MOUNTTABLE_H

#include "mountinfo.h"

#include <stdbool.h>

/* A descriptor that polls POLLPRI when the table has changed, or -errno. */
int mounttable_open(void);

/* The mount that a lookup of `target` meets. False: none, or the table cannot be read. */
bool mounttable_find(const char *target, struct mountinfo *entry);

#endif
