/* SPDX-License-Identifier: MIT */
/*
 * stream_write: messages as frames. PURE. What is written is what stream_read() accepts: the caller's paths are checked
 * by it, not here.
 *
 * A frame is begun, gets its items, and is ended; or one call writes a whole one.
 */
#ifndef USERMOUNT_STREAM_WRITE_H
#define USERMOUNT_STREAM_WRITE_H

#include "stream.h"

/* Frames one behind the other, under construction in somebody's memory. */
struct stream_out {
    unsigned char *bytes;
    size_t size;
    size_t len;
    size_t begin;  /* of the frame that is under construction */
    size_t counts; /* where its count of items is, if it has one */
};

struct stream_out stream_out(void *bytes, size_t size);

/*
 * Begin a frame of these kinds from `message` (kind and the fields that belong to it; count and items are left alone):
 * hello, folders, export, records. False: no room, nothing is written.
 */
bool stream_begin(struct stream_out *out, const struct stream_message *message);

/* One more item of the frame. False: it has no room in the frame or in the memory; the frame stays as it was. */
bool stream_put_path(struct stream_out *out, struct text path);
bool stream_put_record(struct stream_out *out, const struct stream_record *record);

/* The frame is whole. One without items that must have some is taken back. */
void stream_end(struct stream_out *out);

/* A whole frame without items: ping, welcome, heard, pong, refusal. False: no room, nothing is written. */
bool stream_put(struct stream_out *out, const struct stream_message *message);

#endif
