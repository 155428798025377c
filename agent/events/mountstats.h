/* SPDX-License-Identifier: MIT */
/*
 * mountstats: how often an NFS mount was used, from the text of /proc/self/mountstats (fs/nfs/super.c,
 * nfs_show_stats()).
 *
 * PURE, but for mountstats_read(). The kernel counts what programs ask for before its caches answer.
 */
#ifndef USERMOUNT_EVENTS_MOUNTSTATS_H
#define USERMOUNT_EVENTS_MOUNTSTATS_H

#include "../common/text.h"

#include <stdbool.h>
#include <stdint.h>

/* Reads the file line by line: all zero at its begin. */
struct mountstats {
    bool ours; /* the lines at hand are of the mount on the target */
    bool found;
    uint64_t uses; /* lookups, opens, permission checks and attribute checks, since it was mounted */
};

/* The next line. Of two mounts on one target the later lies on top, and counts. */
void mountstats_line(struct mountstats *stats, struct text line, const char *target);

/* Reads the file itself, as the one edge here; *stats stays as it was where there is none. */
void mountstats_read(struct mountstats *stats, const char *target);

#endif
