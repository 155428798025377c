/* SPDX-License-Identifier: MIT */
/*
 * look: what there is at a path now. Edge.
 */
#ifndef PACKER_EVENTS_LOOK_H
#define PACKER_EVENTS_LOOK_H

#include "../../agent/stream/stream.h"

#include <sys/types.h>

/* A folder that is watched, as it was when the watching began. */
struct look_root {
    const char *path; /* absolute, no links in it */
    uint64_t inode;
    uint64_t device;
    char *scratch; /* of LOOK_SCRATCH bytes */
};

#define LOOK_SCRATCH (2 * STREAM_PATH_BYTES)

/* Inode and device of the folder `path`: 0, or -errno; -ENOTDIR when it is no folder. */
int look_folder(const char *path, uint64_t *inode, uint64_t *device);

/*
 * Fills the record of `path` below the root. `was_folder` is for what is gone. False: it is not to be told, since it is
 * on another file system. A link is not followed, but in the middle of a path.
 */
bool look_at(const struct look_root *root, struct text path, bool was_folder, struct stream_record *record);

#endif
