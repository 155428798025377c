/* SPDX-License-Identifier: MIT */
/*
 * exports: what a server's export list says about the path that is wanted.
 *
 * PURE. The list is a stranger's text; it is fed in entry by entry, so that its length does not matter.
 */
#ifndef USERMOUNT_EXPORTS_H
#define USERMOUNT_EXPORTS_H

#include "evidence.h"

/* Where macOS 10.15 and later really keep what / shows (the firmlink of the data volume). */
#define EXPORTS_DATA_VOLUME "/System/Volumes/Data"

/* Take one entry of MOUNTPROC3_EXPORT into account: sets `listed`, the best `near` candidate and the start of the
 * shown list in *evidence. Both paths are absolute; a "/" at the end does not count. */
void exports_add(struct evidence *evidence, const char *wanted, const char *entry);

#endif
