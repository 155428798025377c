/* SPDX-License-Identifier: MIT */
#include "stream_write.h"

#include <string.h>

#define NO_COUNT 0

struct stream_out stream_out(void *bytes, size_t size) {
    return (struct stream_out){.bytes = bytes, .size = size};
}

static size_t room(const struct stream_out *out, size_t begin) {
    size_t end = out->size - begin < STREAM_FRAME_BYTES ? out->size : begin + STREAM_FRAME_BYTES;

    return end - out->len;
}

static void store(unsigned char *at, size_t size, uint64_t value) {
    for (size_t i = size; i > 0; i--, value >>= 8)
        at[i - 1] = (unsigned char)value;
}

static void number(struct stream_out *out, size_t size, uint64_t value) {
    store(out->bytes + out->len, size, value);
    out->len += size;
}

static void string(struct stream_out *out, struct text text) {
    number(out, 2, text.len);
    if (text.len > 0)
        memcpy(out->bytes + out->len, text.at, text.len);
    out->len += text.len;
}

#define HEAD_BYTES 25u /* more than any kind's head has */

/* Writes what comes before the items: the length and the count as 0, and the kind's fields. */
static void head(struct stream_out *out, const struct stream_message *message) {
    size_t count_bytes = 0;

    number(out, STREAM_LENGTH_BYTES, 0);
    number(out, 1, (uint64_t)message->kind);
    switch (message->kind) {
    case STREAM_HELLO:
    case STREAM_WELCOME:
        number(out, 4, STREAM_MAGIC);
        number(out, 2, message->version);
        count_bytes = message->kind == STREAM_HELLO ? 1 : 0;
        break;
    case STREAM_REFUSAL:
        number(out, 4, STREAM_MAGIC);
        number(out, 2, message->oldest);
        number(out, 2, message->version);
        break;
    case STREAM_FOLDERS:
    case STREAM_HEARD:
        number(out, 1, message->export);
        number(out, 4, message->list);
        count_bytes = message->kind == STREAM_FOLDERS ? 2 : 0;
        break;
    case STREAM_PING:
    case STREAM_PONG:
        number(out, 8, message->token);
        break;
    case STREAM_EXPORT:
        number(out, 1, message->export);
        number(out, 1, (uint64_t)message->state);
        number(out, 8, message->inode);
        count_bytes = 1;
        break;
    case STREAM_RECORDS:
        number(out, 1, message->export);
        break;
    }
    out->counts = count_bytes ? out->len : NO_COUNT;
    number(out, count_bytes, 0);
}

bool stream_begin(struct stream_out *out, const struct stream_message *message) {
    if (out->size - out->len < HEAD_BYTES)
        return false;
    out->begin = out->len;
    head(out, message);
    return true;
}

/* The size of this frame's count. */
static size_t count_bytes(const struct stream_out *out) {
    return out->bytes[out->begin + STREAM_LENGTH_BYTES] == STREAM_FOLDERS ? 2 : 1;
}

bool stream_put_path(struct stream_out *out, struct text path) {
    unsigned char *last;

    if (path.len > STREAM_PATH_BYTES || room(out, out->begin) < 2 + path.len || out->counts == NO_COUNT)
        return false;
    last = out->bytes + out->counts + count_bytes(out) - 1;
    if (*last == UINT8_MAX) {
        if (count_bytes(out) == 1 || last[-1] == UINT8_MAX)
            return false;
        last[-1]++;
    }
    ++*last;
    string(out, path);
    return true;
}

bool stream_put_record(struct stream_out *out, const struct stream_record *record) {
    if (record->path.len > STREAM_PATH_BYTES || room(out, out->begin) < 38 + record->path.len)
        return false;
    number(out, 2, record->flags);
    number(out, 2, record->mode);
    number(out, 8, record->inode);
    number(out, 8, record->folder_inode);
    number(out, 8, record->size_bytes);
    number(out, 8, (uint64_t)record->mtime_ns);
    string(out, record->path);
    return true;
}

void stream_end(struct stream_out *out) {
    unsigned char *frame = out->bytes + out->begin;
    size_t length = out->len - out->begin - STREAM_LENGTH_BYTES;

    if (frame[STREAM_LENGTH_BYTES] == STREAM_RECORDS && length == 2)
        out->len = out->begin;
    else
        store(frame, STREAM_LENGTH_BYTES, length);
}

bool stream_put(struct stream_out *out, const struct stream_message *message) {
    if (!stream_begin(out, message))
        return false;
    stream_end(out);
    return true;
}
