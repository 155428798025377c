/* SPDX-License-Identifier: MIT */
#include "stream_read.h"

#include "stream_path.h"

#define TYPE_BITS 0170000u /* S_IFMT and S_IFDIR, the same on Linux and macOS */
#define TYPE_FOLDER 0040000u

/* Takes `size` bytes as a big-endian number. If the frame is too short: 0, and *fault says so. */
static uint64_t number(struct text *rest, size_t size, enum stream_fault *fault) {
    uint64_t value = 0;

    if (rest->len < size) {
        rest->len = 0;
        *fault = STREAM_TOO_SHORT;
        return 0;
    }
    for (size_t i = 0; i < size; i++)
        value = value << 8 | (unsigned char)rest->at[i];
    *rest = text_skip(*rest, size);
    return value;
}

/* Takes a length of two bytes, and so many bytes. */
static struct text string(struct text *rest, enum stream_fault *fault) {
    size_t len = (size_t)number(rest, 2, fault);
    struct text text = {rest->at, len};

    if (rest->len < len) {
        *fault = STREAM_TOO_SHORT;
        return (struct text){rest->at, 0};
    }
    *rest = text_skip(*rest, len);
    return text;
}

static bool magic(struct text *rest, enum stream_fault *fault) {
    bool good = number(rest, 4, fault) == STREAM_MAGIC;

    if (!good && *fault == STREAM_FINE)
        *fault = STREAM_BAD_MAGIC;
    return good;
}

static enum stream_fault strings(struct text *rest, size_t count, bool (*good)(struct text), enum stream_fault bad) {
    enum stream_fault fault = STREAM_FINE;

    for (size_t i = 0; i < count; i++) {
        struct text text = string(rest, &fault);

        if (fault == STREAM_FINE && !good(text))
            fault = bad;
        if (fault != STREAM_FINE)
            break;
    }
    return fault;
}

static void place(struct text *rest, struct stream_message *message, enum stream_fault *fault) {
    message->export = (uint8_t)number(rest, 1, fault);
    if (*fault == STREAM_FINE && message->export >= STREAM_EXPORTS_MAX)
        *fault = STREAM_BAD_EXPORT;
}

static void count(struct text *rest, size_t size, size_t least, size_t most, struct stream_message *message,
                  enum stream_fault *fault) {
    message->count = (size_t)number(rest, size, fault);
    if (*fault == STREAM_FINE && (message->count < least || message->count > most))
        *fault = STREAM_BAD_COUNT;
}

static enum stream_fault read_hello(struct text *rest, struct stream_message *message) {
    enum stream_fault fault = STREAM_FINE;

    if (!magic(rest, &fault))
        return fault;
    message->version = (uint16_t)number(rest, 2, &fault);
    if (fault == STREAM_FINE && message->version != STREAM_VERSION) {
        *rest = (struct text){rest->at, 0}; /* only magic and version keep their places in other versions */
        return STREAM_FINE;
    }
    count(rest, 1, 1, STREAM_EXPORTS_MAX, message, &fault);
    message->items = *rest;
    return fault ? fault : strings(rest, message->count, stream_path_absolute, STREAM_BAD_PATH);
}

static enum stream_fault read_folders(struct text *rest, struct stream_message *message) {
    enum stream_fault fault = STREAM_FINE;

    place(rest, message, &fault);
    message->list = (uint32_t)number(rest, 4, &fault);
    count(rest, 2, 0, STREAM_FOLDERS_MAX, message, &fault);
    message->items = *rest;
    return fault ? fault : strings(rest, message->count, stream_path_relative, STREAM_BAD_PATH);
}

static enum stream_fault read_token(struct text *rest, struct stream_message *message) {
    enum stream_fault fault = STREAM_FINE;

    message->token = number(rest, 8, &fault);
    return fault;
}

static enum stream_fault read_welcome(struct text *rest, struct stream_message *message) {
    enum stream_fault fault = STREAM_FINE;

    if (!magic(rest, &fault))
        return fault;
    message->version = (uint16_t)number(rest, 2, &fault);
    return fault == STREAM_FINE && message->version != STREAM_VERSION ? STREAM_BAD_VERSION : fault;
}

static enum stream_fault read_heard(struct text *rest, struct stream_message *message) {
    enum stream_fault fault = STREAM_FINE;

    place(rest, message, &fault);
    message->list = (uint32_t)number(rest, 4, &fault);
    return fault;
}

static enum stream_fault read_export(struct text *rest, struct stream_message *message) {
    enum stream_fault fault = STREAM_FINE;
    uint64_t state;

    place(rest, message, &fault);
    state = number(rest, 1, &fault);
    message->inode = number(rest, 8, &fault);
    if (fault == STREAM_FINE && state >= STREAM_STATES)
        fault = STREAM_BAD_STATE;
    message->state = (enum stream_state)state;
    if (fault == STREAM_FINE && (message->state == STREAM_WATCHED) != (message->inode != 0))
        fault = STREAM_BAD_NUMBERS;
    count(rest, 1, 0, STREAM_PATTERNS_MAX, message, &fault);
    message->items = *rest;
    return fault ? fault : strings(rest, message->count, stream_path_relative, STREAM_BAD_PATTERN);
}

static void take_record(struct text *rest, struct stream_record *record, enum stream_fault *fault) {
    record->flags = (uint16_t)number(rest, 2, fault);
    record->mode = (uint16_t)number(rest, 2, fault);
    record->inode = number(rest, 8, fault);
    record->folder_inode = number(rest, 8, fault);
    record->size_bytes = number(rest, 8, fault);
    record->mtime_ns = (int64_t)number(rest, 8, fault);
    record->path = string(rest, fault);
}

static enum stream_fault judge(const struct stream_record *record) {
    bool folder = record->flags & STREAM_IS_FOLDER, gone = record->flags & STREAM_IS_GONE;
    bool below = record->flags & STREAM_IS_BELOW, same = record->flags & STREAM_IS_SAME;

    if (record->flags & ~(unsigned)STREAM_FLAGS || (below && (folder || gone)) || (same && record->mode == 0))
        return STREAM_BAD_FLAGS;
    if (record->path.len == 0 ? gone || !(folder || below) : !stream_path_relative(record->path))
        return STREAM_BAD_PATH;
    if (record->mode == 0 ? record->inode || record->size_bytes || record->mtime_ns : gone || below)
        return STREAM_BAD_NUMBERS;
    if (record->mode != 0 && (record->inode == 0 || ((record->mode & TYPE_BITS) == TYPE_FOLDER) != folder))
        return STREAM_BAD_NUMBERS;
    return STREAM_FINE;
}

static enum stream_fault read_records(struct text *rest, struct stream_message *message) {
    enum stream_fault fault = STREAM_FINE;

    place(rest, message, &fault);
    message->items = *rest;
    while (fault == STREAM_FINE && rest->len > 0) {
        struct stream_record record;

        take_record(rest, &record, &fault);
        if (fault == STREAM_FINE)
            fault = judge(&record);
        message->count++;
    }
    return fault == STREAM_FINE && message->count == 0 ? STREAM_BAD_COUNT : fault;
}

static enum stream_fault read_refusal(struct text *rest, struct stream_message *message) {
    enum stream_fault fault = STREAM_FINE;

    if (!magic(rest, &fault))
        return fault;
    message->oldest = (uint16_t)number(rest, 2, &fault);
    message->version = (uint16_t)number(rest, 2, &fault);
    if (fault == STREAM_FINE && message->oldest <= STREAM_VERSION && message->version >= STREAM_VERSION)
        return STREAM_BAD_VERSION;
    return fault;
}

enum stream_fault stream_read(struct text frame, enum stream_side from, struct stream_message *message) {
    static const struct {
        enum stream_kind kind;
        enum stream_side from;
        enum stream_fault (*read)(struct text *rest, struct stream_message *message);
    } kinds[] = {
        {STREAM_HELLO, STREAM_GUEST, read_hello},       {STREAM_FOLDERS, STREAM_GUEST, read_folders},
        {STREAM_PING, STREAM_GUEST, read_token},        {STREAM_WELCOME, STREAM_WATCHER, read_welcome},
        {STREAM_HEARD, STREAM_WATCHER, read_heard},     {STREAM_PONG, STREAM_WATCHER, read_token},
        {STREAM_EXPORT, STREAM_WATCHER, read_export},   {STREAM_RECORDS, STREAM_WATCHER, read_records},
        {STREAM_REFUSAL, STREAM_WATCHER, read_refusal},
    };
    enum stream_fault fault = STREAM_FINE;
    uint64_t kind = number(&frame, 1, &fault);

    *message = (struct stream_message){0};
    for (size_t i = 0; fault == STREAM_FINE && i < sizeof kinds / sizeof kinds[0]; i++)
        if ((uint64_t)kinds[i].kind == kind && kinds[i].from == from) {
            message->kind = kinds[i].kind;
            fault = kinds[i].read(&frame, message);
            return fault == STREAM_FINE && frame.len > 0 ? STREAM_TOO_LONG : fault;
        }
    return fault ? fault : STREAM_BAD_KIND;
}

bool stream_next_path(struct text *items, struct text *path) {
    enum stream_fault fault = STREAM_FINE;

    if (items->len == 0)
        return false;
    *path = string(items, &fault);
    return fault == STREAM_FINE;
}

bool stream_next_record(struct text *items, struct stream_record *record) {
    enum stream_fault fault = STREAM_FINE;

    if (items->len == 0)
        return false;
    take_record(items, record, &fault);
    return fault == STREAM_FINE;
}

const char *stream_fault_text(enum stream_fault fault) {
    static const char *const texts[STREAM_FAULTS] = {
        [STREAM_FINE] = "nothing is wrong",
        [STREAM_BAD_LENGTH] = "a frame is empty or longer than 64 KiB",
        [STREAM_BAD_KIND] = "a frame has an unexpected kind",
        [STREAM_BAD_MAGIC] = "its first frame has another magic number",
        [STREAM_BAD_VERSION] = "its answer has an unexpected version",
        [STREAM_BAD_COUNT] = "a frame has too many or too few items",
        [STREAM_BAD_EXPORT] = "a frame names an unknown export",
        [STREAM_BAD_STATE] = "an export has an unknown state",
        [STREAM_BAD_PATH] = "a path is not valid",
        [STREAM_BAD_PATTERN] = "a pattern is not valid",
        [STREAM_BAD_FLAGS] = "the flags of a record contradict each other",
        [STREAM_BAD_NUMBERS] = "the numbers of a record contradict its flags",
        [STREAM_TOO_SHORT] = "a frame ends too early",
        [STREAM_TOO_LONG] = "a frame has bytes left over",
    };

    return (size_t)fault < STREAM_FAULTS ? texts[fault] : "unknown";
}
