/* SPDX-License-Identifier: MIT */
#include "stream_frame.h"

#include <string.h>

unsigned char *stream_buffer_room(struct stream_buffer *buffer, size_t *room) {
    if (buffer->begin > 0) {
        memmove(buffer->bytes, buffer->bytes + buffer->begin, buffer->end - buffer->begin);
        buffer->end -= buffer->begin;
        buffer->begin = 0;
    }
    *room = sizeof buffer->bytes - buffer->end;
    return buffer->bytes + buffer->end;
}

void stream_buffer_filled(struct stream_buffer *buffer, size_t size) {
    buffer->end += size;
}

enum stream_cut stream_buffer_next(struct stream_buffer *buffer, struct text *frame) {
    const unsigned char *at = buffer->bytes + buffer->begin;
    size_t have = buffer->end - buffer->begin;
    uint32_t length;

    if (have < STREAM_LENGTH_BYTES)
        return STREAM_CUT_MORE;
    length = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    if (length == 0 || length > STREAM_FRAME_BYTES - STREAM_LENGTH_BYTES)
        return STREAM_CUT_BAD;
    if (have - STREAM_LENGTH_BYTES < length)
        return STREAM_CUT_MORE;
    *frame = (struct text){(const char *)at + STREAM_LENGTH_BYTES, length};
    buffer->begin += STREAM_LENGTH_BYTES + length;
    return STREAM_CUT_FRAME;
}
