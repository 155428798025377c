/* SPDX-License-Identifier: MIT */
/*
 * look: makes a record of a path's present state. Edge.
 */
#ifndef PACKER_EVENTS_LOOK_H
#define PACKER_EVENTS_LOOK_H

#include "../../agent/stream/stream.h"

#include <sys/types.h>

/* A watched folder, as it was when watching began. */
struct look_root {
    const char *path; /* absolute, without links */
    uint64_t inode;
    uint64_t device;
    char *scratch; /* of LOOK_SCRATCH bytes */
};

#define LOOK_SCRATCH (2 * STREAM_PATH_BYTES)

/* Stores inode and device of the folder `path`. 0 or -errno; -ENOTDIR: not a folder. */
int look_folder(const char *path, uint64_t *inode, uint64_t *device);

/*
 * Fills the record of `path` below the root. `was_folder` serves for a path that is gone. False: the path lies on
 * another file system and gets no record. The path's last part is not followed where it is a link.
 */
bool look_at(const struct look_root *root, struct text path, bool was_folder, struct stream_record *record);

#endif
