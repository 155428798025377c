/* SPDX-License-Identifier: MIT */
/*
 * lost: the files of an image that are empty on Docker for Mac's kernels, as these skip the hard links that bring their
 * data (enum tree_quirk). Pure.
 */
#ifndef PACKER_LOST_H
#define PACKER_LOST_H

#include "scan.h"

struct lost {
    struct scan scan; /* the image as Linux 4.4 and 4.9 read it; for the other functions here */
    uint64_t count;
    char *first; /* path of the first one, or NULL */
};

/* Whether all that is wrong with a scanned image is that kernels differ about its hard links. */
bool lost_is_all(const struct scan *scan);

/* Reads the image anew. 0 or -ENOMEM; the caller calls lost_free in either case. */
int lost_find(struct lost *lost, const unsigned char *bytes, uint64_t size, const struct scan_options *options);

/* Calls show for each of them; what tree_walk returns. */
int lost_walk(const struct lost *lost, void (*show)(void *context, const char *path), void *context);

void lost_free(struct lost *lost);

#endif
