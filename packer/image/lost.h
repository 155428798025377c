/* SPDX-License-Identifier: MIT */
/*
 * lost: finds the files that are empty on Docker for Mac's kernels. These skip some hard links that contain the data of
 * a file (enum tree_quirk). Pure.
 */
#ifndef PACKER_LOST_H
#define PACKER_LOST_H

#include "scan.h"

struct lost {
    struct scan scan; /* by the rules of Linux 4.4 and 4.9; the caller runs it */
    uint64_t count;
    char *first; /* the path of the first file; owned; NULL if count is 0 */
};

/* True if a scan found faults, and all of them are hard links on which kernels differ. */
bool lost_is_all(const struct scan *scan);

/* Counts the files in lost->scan, a scan with as_linux_4. All other fields are zero before. Returns 0 or -ENOMEM. The
 * caller calls lost_free in either case. */
int lost_count(struct lost *lost);

/* Calls show for each file. Returns 0, or -1 without memory. */
int lost_walk(const struct lost *lost, void (*show)(void *context, const char *path), void *context);

void lost_free(struct lost *lost);

#endif
