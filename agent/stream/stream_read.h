/* SPDX-License-Identifier: MIT */
/*
 * stream_read: one frame as a message. PURE. Every rule of docs/events.md is checked before anything is returned, so
 * that what is in a message's items needs no further check.
 */
#ifndef USERMOUNT_STREAM_READ_H
#define USERMOUNT_STREAM_READ_H

#include "stream.h"

/* Why a frame is none. */
enum stream_fault {
    STREAM_FINE,
    STREAM_BAD_LENGTH, /* stream_buffer_next() said so */
    STREAM_BAD_KIND,   /* not one that this side sends */
    STREAM_BAD_MAGIC,
    STREAM_BAD_VERSION, /* a welcome of another version, or a refusal of ours */
    STREAM_BAD_COUNT,
    STREAM_BAD_EXPORT,
    STREAM_BAD_STATE,
    STREAM_BAD_PATH,
    STREAM_BAD_PATTERN,
    STREAM_BAD_FLAGS,
    STREAM_BAD_NUMBERS, /* of a record: set where nothing can be known, or of another type than its flags */
    STREAM_TOO_SHORT,   /* the frame ends before the message does */
    STREAM_TOO_LONG,    /* bytes are left over */
    STREAM_FAULTS,
};

/*
 * `frame` is what stream_buffer_next() gave. A hello of another version is STREAM_FINE: only its version is then set.
 * message->items is in the frame's memory.
 */
enum stream_fault stream_read(struct text frame, enum stream_side from, struct stream_message *message);

/* The next of message->items: false behind the last one. Each is for its kinds alone: paths for hello, folders and
 * export, records for records. */
bool stream_next_path(struct text *items, struct text *path);
bool stream_next_record(struct text *items, struct stream_record *record);

/* One clause, such as "a path is not below the export". */
const char *stream_fault_text(enum stream_fault fault);

#endif
