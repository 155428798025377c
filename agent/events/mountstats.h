/* SPDX-License-Identifier: MIT */
/*
 * mountstats: how often an NFS mount was used, from the text of /proc/self/mountstats (fs/nfs/super.c,
 * nfs_show_stats()).
 *
 * PURE, except mountstats_read(). The kernel counts each use, also one that its caches answer.
 */
#ifndef USERMOUNT_EVENTS_MOUNTSTATS_H
#define USERMOUNT_EVENTS_MOUNTSTATS_H

#include "../common/text.h"

#include <stdbool.h>
#include <stdint.h>

/* All zeros: before the first line. */
struct mountstats {
    bool ours; /* the current lines are the target's */
    bool found;
    uint64_t uses; /* lookups, opens, permission checks and attribute checks, since it was mounted */
};

/* Takes the next line. Of two mounts on `target`, the later one is on top, and counts. */
void mountstats_line(struct mountstats *stats, struct text line, const char *target);

/* Reads the file; *stats stays as it was if there is none. Edge. */
void mountstats_read(struct mountstats *stats, const char *target);

#endif
