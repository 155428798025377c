/* SPDX-License-Identifier: MIT */
/*
 * A stream of edits from any bytes, in pieces as they come. The first byte says which side's it is and how large the
 * pieces are. What is read has kept every rule, and written anew it is the same bytes.
 */
#include "../../agent/stream/stream_frame.h"
#include "../../agent/stream/stream_path.h"
#include "../../agent/stream/stream_read.h"
#include "../../agent/stream/stream_write.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct stream_buffer buffer;
static unsigned char copy[STREAM_FRAME_BYTES];

static void must(bool so) {
    if (!so)
        abort();
}

static void check_record(const struct stream_record *record) {
    must((record->flags & ~STREAM_FLAGS) == 0);
    must(record->path.len == 0 || stream_path_relative(record->path));
    must(record->path.len > 0 || !(record->flags & STREAM_IS_GONE));
}

/* Its items, checked and put into the frame that is written anew. */
static size_t walk(const struct stream_message *message, struct stream_out *out) {
    struct text rest = message->items, path;
    struct stream_record record;
    size_t count = 0;

    for (; message->kind == STREAM_RECORDS && stream_next_record(&rest, &record); count++) {
        check_record(&record);
        must(stream_put_record(out, &record));
    }
    for (; message->kind != STREAM_RECORDS && stream_next_path(&rest, &path); count++) {
        must(message->kind == STREAM_HELLO ? stream_path_absolute(path) : stream_path_relative(path));
        must(stream_put_path(out, path));
    }
    must(rest.len == 0);
    return count;
}

static void check(struct text frame, enum stream_side side) {
    struct stream_message message;
    struct stream_out out = stream_out(copy, sizeof copy);

    if (stream_read(frame, side, &message) != STREAM_FINE)
        return;
    must(message.export < STREAM_EXPORTS_MAX);
    if (message.kind == STREAM_HELLO && message.version != STREAM_VERSION)
        return;
    must(stream_begin(&out, &message));
    must(walk(&message, &out) == message.count);
    stream_end(&out);
    must(out.len == STREAM_LENGTH_BYTES + frame.len);
    must(memcmp(copy + STREAM_LENGTH_BYTES, frame.at, frame.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum stream_side side = size && data[0] & 1 ? STREAM_WATCHER : STREAM_GUEST;
    size_t piece = size ? 1 + data[0] / 2u : 1, frames = 0;
    enum stream_cut cut = STREAM_CUT_MORE;

    buffer.begin = buffer.end = 0;
    for (size_t at = 1; at < size && cut != STREAM_CUT_BAD; at += piece) {
        size_t room, len = size - at < piece ? size - at : piece;
        unsigned char *into = stream_buffer_room(&buffer, &room);
        struct text frame;

        must(room >= len);
        memcpy(into, data + at, len);
        stream_buffer_filled(&buffer, len);
        while ((cut = stream_buffer_next(&buffer, &frame)) == STREAM_CUT_FRAME) {
            check(frame, side);
            frames++;
        }
    }
    must(frames * (STREAM_LENGTH_BYTES + 1) <= size);
    return 0;
}
