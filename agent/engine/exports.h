/* SPDX-License-Identifier: MIT */
/*
 * exports: looks for a path in a server's export list, and for similar ones.
 *
 * PURE. The caller passes the entries one by one, and any number of them. They may hold any bytes but NUL.
 */
#ifndef USERMOUNT_EXPORTS_H
#define USERMOUNT_EXPORTS_H

#include "evidence.h"

/* The data volume of macOS 10.15 and later. Firmlinks show its folders below / too. */
#define EXPORTS_DATA_VOLUME "/System/Volumes/Data"

/* Adds one entry of MOUNTPROC3_EXPORT to *evidence: to `listed`, `near`, `near_path`, `export_count` and `exports`.
 * `wanted` is absolute. A "/" at the end of either does not count. */
void exports_add(struct evidence *evidence, const char *wanted, const char *entry);

#endif
