/* SPDX-License-Identifier: MIT */
/*
 * stream_read: reads one frame as a message. PURE. It checks every rule of docs/events.md for a single frame before it
 * returns. A message's items need no further check.
 */
#ifndef USERMOUNT_STREAM_READ_H
#define USERMOUNT_STREAM_READ_H

#include "stream.h"

/* Why a frame is invalid. */
enum stream_fault {
    STREAM_FINE,
    STREAM_BAD_LENGTH, /* for the callers of stream_buffer_next() */
    STREAM_BAD_KIND,   /* unknown, or not one that this side sends */
    STREAM_BAD_MAGIC,
    STREAM_BAD_VERSION, /* a welcome of another version, or a refusal of ours */
    STREAM_BAD_COUNT,
    STREAM_BAD_EXPORT,
    STREAM_BAD_STATE,
    STREAM_BAD_PATH,
    STREAM_BAD_PATTERN,
    STREAM_BAD_FLAGS,
    STREAM_BAD_NUMBERS, /* a number is set that must be unknown, or the mode's type contradicts the flags */
    STREAM_TOO_SHORT,   /* the frame ends before the message does */
    STREAM_TOO_LONG,    /* bytes are left over */
    STREAM_FAULTS,
};

/*
 * Reads `frame`, which stream_buffer_next() returned and `from` sent. message->items is in the frame's memory. A hello
 * of another version is STREAM_FINE, with only kind and version set.
 */
enum stream_fault stream_read(struct text frame, enum stream_side from, struct stream_message *message);

/* Takes the next item off message->items. False: there is none. Hello, folders and export have paths; records have
 * records. */
bool stream_next_path(struct text *items, struct text *path);
bool stream_next_record(struct text *items, struct stream_record *record);

/* One clause, such as "a path is not valid". */
const char *stream_fault_text(enum stream_fault fault);

#endif
