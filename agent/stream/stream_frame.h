/* SPDX-License-Identifier: MIT */
/*
 * stream_frame: frames cut out of bytes as they come, in whatever pieces. PURE: the caller reads them from its socket.
 */
#ifndef USERMOUNT_STREAM_FRAME_H
#define USERMOUNT_STREAM_FRAME_H

#include "stream.h"

/* All zeros is an empty one. It never holds more than one whole frame and what came behind it. */
struct stream_buffer {
    size_t begin;
    size_t end;
    unsigned char bytes[STREAM_FRAME_BYTES];
};

enum stream_cut {
    STREAM_CUT_MORE,  /* the frame is not whole yet */
    STREAM_CUT_FRAME, /* here it is */
    STREAM_CUT_BAD,   /* its length is none: the stream cannot be read on */
};

/* Where the next bytes go, and how many have room: at least one, unless a whole frame waits to be taken. Frames that
 * were taken are not valid behind this. */
unsigned char *stream_buffer_room(struct stream_buffer *buffer, size_t *room);

/* `size` bytes were put there. */
void stream_buffer_filled(struct stream_buffer *buffer, size_t size);

/* The next frame without its length; it is in the buffer's memory. */
enum stream_cut stream_buffer_next(struct stream_buffer *buffer, struct text *frame);

#endif
