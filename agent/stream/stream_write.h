/* SPDX-License-Identifier: MIT */
/*
 * stream_write: writes messages as frames. PURE. It does not check the caller's paths and numbers.
 *
 * stream_begin(), the items and stream_end() write a frame. stream_put() writes one without items.
 */
#ifndef USERMOUNT_STREAM_WRITE_H
#define USERMOUNT_STREAM_WRITE_H

#include "stream.h"

/* A sequence of frames in the caller's memory. The last one may be incomplete. */
struct stream_out {
    unsigned char *bytes;
    size_t size;
    size_t len;
    size_t begin;  /* of the frame under construction */
    size_t counts; /* where its count of items is; 0: it has none */
};

struct stream_out stream_out(void *bytes, size_t size);

/*
 * Begins a frame that has items: hello, folders, export or records. It writes message->kind and the kind's fields, and
 * ignores `count` and `items`. False: no room, and nothing is written.
 */
bool stream_begin(struct stream_out *out, const struct stream_message *message);

/* Appends an item. False: the frame or the memory has no room, or the path is too long. The frame stays as it was. */
bool stream_put_path(struct stream_out *out, struct text path);
bool stream_put_record(struct stream_out *out, const struct stream_record *record);

/* Completes the frame. It removes a records frame without records. */
void stream_end(struct stream_out *out);

/* Writes a whole frame without items: ping, welcome, heard, pong or refusal. False: no room, and nothing is written. */
bool stream_put(struct stream_out *out, const struct stream_message *message);

#endif
