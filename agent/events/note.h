/* SPDX-License-Identifier: MIT */
/*
 * note: one edit on its way from the reader to the actor, as a packet of a socketpair. PURE.
 *
 * The reader handles bytes of the network. The actor does not trust it: note_read() checks each note again.
 */
#ifndef USERMOUNT_EVENTS_NOTE_H
#define USERMOUNT_EVENTS_NOTE_H

#include "../stream/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct note {
    int64_t came_us; /* when the reader got it, by clock_us() */
    uint64_t inode;
    uint64_t folder_inode;
    uint64_t size_bytes;
    int64_t mtime_ns;
    uint32_t flags; /* enum stream_flag */
    uint32_t mode;
    char path[STREAM_PATH_BYTES + 1]; /* below the mount; empty: the mount itself */
};

#define NOTE_HEAD_BYTES offsetof(struct note, path)

void note_write(struct note *note, const struct stream_record *record, int64_t came_us);

/* The length of the packet: the head and the path without its NUL. */
size_t note_bytes(const struct note *note);

/* Checks the packet of `bytes` bytes that was received into *note, and ends its path. */
bool note_read(struct note *note, size_t bytes);

#endif
