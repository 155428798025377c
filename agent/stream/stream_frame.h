/* SPDX-License-Identifier: MIT */
/*
 * stream_frame: cuts bytes into frames, in whatever pieces they arrive. PURE: the caller reads the bytes from its
 * socket.
 */
#ifndef USERMOUNT_STREAM_FRAME_H
#define USERMOUNT_STREAM_FRAME_H

#include "stream.h"

/* All zeros: empty. */
struct stream_buffer {
    size_t begin;
    size_t end;
    unsigned char bytes[STREAM_FRAME_BYTES];
};

enum stream_cut {
    STREAM_CUT_MORE,  /* the frame is incomplete */
    STREAM_CUT_FRAME, /* *frame is valid */
    STREAM_CUT_BAD,   /* the length is invalid: nothing more can be read from this stream */
};

/* Where the next bytes go; *room is how many fit: at least one, unless a whole frame waits to be taken. It invalidates
 * the frames that were taken before. */
unsigned char *stream_buffer_room(struct stream_buffer *buffer, size_t *room);

/* Notes that `size` bytes were stored there. */
void stream_buffer_filled(struct stream_buffer *buffer, size_t size);

/* Takes the next frame, without its length field. It stays in the buffer's memory. */
enum stream_cut stream_buffer_next(struct stream_buffer *buffer, struct text *frame);

#endif
