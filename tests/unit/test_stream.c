/* SPDX-License-Identifier: MIT */
/* stream: the protocol of docs/events.md, byte for byte, and what breaks its rules. */
#include "../../agent/stream/stream_frame.h"
#include "../../agent/stream/stream_path.h"
#include "../../agent/stream/stream_read.h"
#include "../../agent/stream/stream_write.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define BYTES(literal)                                                                                                 \
    { literal, sizeof(literal) - 1 }
#define MAGIC "UMEV"

/* A frame as it is behind its length. */
static enum stream_fault read_one(struct text frame, enum stream_side from) {
    struct stream_message message;

    return stream_read(frame, from, &message);
}

/* ---------------------------------------------------------------------------------------------------- paths */

static struct text filled(char *memory, size_t len) {
    memset(memory, 'n', len);
    return (struct text){memory, len};
}

static void a_part_is_one_name(void **state) {
    static const struct text good[] = {BYTES("a"), BYTES("..."), BYTES(".a"), BYTES("a b\n\x01\xff\\"), BYTES(" ")};
    static const struct text bad[] = {BYTES(""), BYTES("."), BYTES(".."), BYTES("a/b"), BYTES("/"), BYTES("a\0b")};
    char memory[256];

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(stream_path_part(good[i]));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(stream_path_part(bad[i]));
    assert_true(stream_path_part(filled(memory, 255)));
    assert_false(stream_path_part(filled(memory, 256)));
}

static void a_path_is_relative_and_every_part_is_good(void **state) {
    static const struct text good[] = {BYTES("a"), BYTES("a/b"), BYTES("a/.b/...")};
    static const struct text bad[] = {BYTES(""),       BYTES("/a"),   BYTES("a/"),   BYTES("a//b"), BYTES("a/./b"),
                                      BYTES("a/../b"), BYTES("../a"), BYTES("a/.."), BYTES("a/b\0")};
    char memory[5000];

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(stream_path_relative(good[i]));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(stream_path_relative(bad[i]));
    memset(memory, 'n', sizeof memory);
    for (size_t i = 200; i < sizeof memory; i += 200)
        memory[i] = '/';
    assert_true(stream_path_relative((struct text){memory, 4095}));
    assert_false(stream_path_relative((struct text){memory, 4096}));
}

static void an_export_is_absolute(void **state) {
    static const struct text good[] = {BYTES("/"), BYTES("/Users"), BYTES("/Users/me")};
    static const struct text bad[] = {BYTES(""), BYTES("Users"), BYTES("//"), BYTES("/Users/"), BYTES("/a/../b")};
    char memory[1100];

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(stream_path_absolute(good[i]));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(stream_path_absolute(bad[i]));
    memset(memory, 'n', sizeof memory);
    for (size_t i = 0; i < sizeof memory; i += 200)
        memory[i] = '/';
    assert_true(stream_path_absolute((struct text){memory, 1023}));
    assert_false(stream_path_absolute((struct text){memory, 1024}));
}

static void the_folder_of_a_path(void **state) {
    (void)state;
    assert_true(text_is(stream_path_folder(text_of("a/b/c")), "a/b"));
    assert_true(text_is(stream_path_folder(text_of("a")), ""));
    assert_true(text_is(stream_path_folder(text_of("")), ""));
}

/* --------------------------------------------------------------------------------- every kind, byte for byte */

struct sample {
    enum stream_side from;
    struct text bytes; /* the whole frame */
    struct stream_message message;
    struct text paths[2]; /* its items */
    struct stream_record records[2];
};

#define HELLO "\0\0\0\x1a\x01" MAGIC "\0\x01\x02\0\x06/Users\0\x08/Volumes"
#define RECORD                                                                                                         \
    "\0\x00\x81\xa4\0\0\0\x01\0\0\0\x02\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\x10\x01\x17\x83\xca\xd6\x3d\x80\x6a\x2e\0\x07me" \
    "/a.js"

static const struct sample samples[] = {
    {STREAM_GUEST,
     BYTES(HELLO),
     {.kind = STREAM_HELLO, .version = 1, .count = 2},
     {BYTES("/Users"), BYTES("/Volumes")},
     {{0}}},
    {STREAM_GUEST,
     BYTES("\0\0\0\x0f\x02\x1f\x01\x02\x03\x04\0\x01\0\x05me/Li"),
     {.kind = STREAM_FOLDERS, .export = 31, .list = 0x01020304, .count = 1},
     {BYTES("me/Li")},
     {{0}}},
    {STREAM_GUEST, BYTES("\0\0\0\x08\x02\0\0\0\0\0\0\0"), {.kind = STREAM_FOLDERS}, {{0}}, {{0}}},
    {STREAM_GUEST,
     BYTES("\0\0\0\x09\x03\xff\x02\x03\x04\x05\x06\x07\x08"),
     {.kind = STREAM_PING, .token = UINT64_C(0xff02030405060708)},
     {{0}},
     {{0}}},
    {STREAM_WATCHER, BYTES("\0\0\0\x07\x81" MAGIC "\0\x01"), {.kind = STREAM_WELCOME, .version = 1}, {{0}}, {{0}}},
    {STREAM_WATCHER,
     BYTES("\0\0\0\x06\x82\x02\0\0\x01\x02"),
     {.kind = STREAM_HEARD, .export = 2, .list = 0x102},
     {{0}},
     {{0}}},
    {STREAM_WATCHER, BYTES("\0\0\0\x09\x83\0\0\0\0\0\0\0\x01"), {.kind = STREAM_PONG, .token = 1}, {{0}}, {{0}}},
    {STREAM_WATCHER,
     BYTES("\0\0\0\x17\x84\x01\0\0\0\0\0\0\0\x02\x01\x01\0\x09*/Library"),
     {.kind = STREAM_EXPORT, .export = 1, .state = STREAM_WATCHED, .inode = 0x201, .count = 1},
     {BYTES("*/Library")},
     {{0}}},
    {STREAM_WATCHER,
     BYTES("\0\0\0\x0c\x84\x01\x03\0\0\0\0\0\0\0\0\0"),
     {.kind = STREAM_EXPORT, .export = 1, .state = STREAM_FAILED},
     {{0}},
     {{0}}},
    {STREAM_WATCHER,
     BYTES("\0\0\0\x5a\x85\x03" RECORD
           "\0\x0c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05me/nm"),
     {.kind = STREAM_RECORDS, .export = 3, .count = 2},
     {{0}},
     {{.mode = 0100644,
       .inode = UINT64_C(0x100000002),
       .folder_inode = 3,
       .size_bytes = 4097,
       .mtime_ns = INT64_C(0x1783cad63d806a2e),
       .path = BYTES("me/a.js")},
      {.flags = STREAM_IS_BELOW | STREAM_IS_LISTED, .path = BYTES("me/nm")}}},
    {STREAM_WATCHER,
     BYTES("\0\0\0\x09\x86" MAGIC "\0\x02\0\x05"),
     {.kind = STREAM_REFUSAL, .oldest = 2, .version = 5},
     {{0}},
     {{0}}},
};

static void assert_text_equal(struct text a, struct text b) {
    assert_int_equal(a.len, b.len);
    if (a.len > 0)
        assert_memory_equal(a.at, b.at, a.len);
}

static void assert_record_equal(const struct stream_record *a, const struct stream_record *b) {
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->mode, b->mode);
    assert_int_equal(a->inode, b->inode);
    assert_int_equal(a->folder_inode, b->folder_inode);
    assert_int_equal(a->size_bytes, b->size_bytes);
    assert_int_equal(a->mtime_ns, b->mtime_ns);
    assert_text_equal(a->path, b->path);
}

static void every_kind_is_written_as_the_page_says(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        const struct sample *sample = &samples[i];
        unsigned char memory[200];
        struct stream_out out = stream_out(memory, sizeof memory);

        assert_true(stream_begin(&out, &sample->message));
        for (size_t k = 0; k < sample->message.count; k++)
            assert_true(sample->message.kind == STREAM_RECORDS ? stream_put_record(&out, &sample->records[k])
                                                               : stream_put_path(&out, sample->paths[k]));
        stream_end(&out);
        assert_text_equal((struct text){(char *)memory, out.len}, sample->bytes);
    }
}

static void every_kind_is_read_as_the_page_says(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        const struct sample *sample = &samples[i];
        struct stream_message message;
        struct text frame = {sample->bytes.at + 4, sample->bytes.len - 4}, path;
        struct stream_record record;

        assert_int_equal(stream_read(frame, sample->from, &message), STREAM_FINE);
        assert_int_equal(message.kind, sample->message.kind);
        assert_int_equal(message.version, sample->message.version);
        assert_int_equal(message.oldest, sample->message.oldest);
        assert_int_equal(message.export, sample->message.export);
        assert_int_equal(message.state, sample->message.state);
        assert_int_equal(message.list, sample->message.list);
        assert_int_equal(message.token, sample->message.token);
        assert_int_equal(message.inode, sample->message.inode);
        assert_int_equal(message.count, sample->message.count);
        for (size_t k = 0; k < message.count; k++)
            if (message.kind == STREAM_RECORDS) {
                assert_true(stream_next_record(&message.items, &record));
                assert_record_equal(&record, &sample->records[k]);
            } else {
                assert_true(stream_next_path(&message.items, &path));
                assert_text_equal(path, sample->paths[k]);
            }
        assert_false(stream_next_path(&message.items, &path));
        assert_false(stream_next_record(&message.items, &record));
    }
}

static void a_frame_of_the_other_side_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct text frame = {samples[i].bytes.at + 4, samples[i].bytes.len - 4};
        assert_int_equal(read_one(frame, samples[i].from == STREAM_GUEST ? STREAM_WATCHER : STREAM_GUEST),
                         STREAM_BAD_KIND);
    }
}

static void a_frame_that_is_cut_or_too_long_is_refused(void **state) {
    char memory[200];

    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct text frame = {memory, samples[i].bytes.len - 4};

        memcpy(memory, samples[i].bytes.at + 4, frame.len);
        for (size_t len = 0; len < frame.len; len++) {
            enum stream_fault fault = read_one((struct text){memory, len}, samples[i].from);
            bool between =
                samples[i].message.kind == STREAM_RECORDS && len > 2; /* after the first record it is whole */

            if (between && len == sizeof RECORD - 1 + 2)
                assert_int_equal(fault, STREAM_FINE);
            else
                assert_int_equal(fault, samples[i].message.kind == STREAM_RECORDS && len == 2 ? STREAM_BAD_COUNT
                                                                                              : STREAM_TOO_SHORT);
        }
        memory[frame.len] = 0;
        assert_int_equal(read_one((struct text){memory, frame.len + 1}, samples[i].from),
                         samples[i].message.kind == STREAM_RECORDS ? STREAM_TOO_SHORT : STREAM_TOO_LONG);
    }
}

/* ---------------------------------------------------------------------------------------- what breaks a rule */

static void frames_that_break_a_rule(void **state) {
    static const struct {
        enum stream_side from;
        struct text frame;
        enum stream_fault fault;
    } cases[] = {
        {STREAM_GUEST, BYTES(""), STREAM_TOO_SHORT},
        {STREAM_GUEST, BYTES("\0"), STREAM_BAD_KIND},
        {STREAM_GUEST, BYTES("\x04"), STREAM_BAD_KIND},
        {STREAM_WATCHER, BYTES("\x87"), STREAM_BAD_KIND},
        {STREAM_GUEST, BYTES("\x01UMEX\0\x01\x01\0\x01/"), STREAM_BAD_MAGIC},
        {STREAM_GUEST, BYTES("\x01" MAGIC "\0\x01\x01\0\x01/"), STREAM_FINE},
        {STREAM_GUEST, BYTES("\x01" MAGIC "\0\x01\0"), STREAM_BAD_COUNT},
        {STREAM_GUEST, BYTES("\x01" MAGIC "\0\x01\x21"), STREAM_BAD_COUNT},
        {STREAM_GUEST, BYTES("\x01" MAGIC "\0\x01\x01\0\x01z"), STREAM_BAD_PATH},
        {STREAM_GUEST, BYTES("\x01" MAGIC "\0\x01\x02\0\x01/\0\x05/a/.."), STREAM_BAD_PATH},
        {STREAM_GUEST, BYTES("\x01" MAGIC "\0\x01\x01\0\x03/\0b"), STREAM_BAD_PATH},
        {STREAM_GUEST, BYTES("\x02\x20\0\0\0\0\0\0"), STREAM_BAD_EXPORT},
        {STREAM_GUEST, BYTES("\x02\0\0\0\0\0\x01\x01"), STREAM_BAD_COUNT},
        {STREAM_GUEST, BYTES("\x02\0\0\0\0\0\0\x01\0\x02/a"), STREAM_BAD_PATH},
        {STREAM_GUEST, BYTES("\x02\0\0\0\0\0\0\x01\0\0"), STREAM_BAD_PATH},
        {STREAM_WATCHER, BYTES("\x81" MAGIC "\0\x02"), STREAM_BAD_VERSION},
        {STREAM_WATCHER, BYTES("\x81UMEX\0\x01"), STREAM_BAD_MAGIC},
        {STREAM_WATCHER, BYTES("\x82\x20\0\0\0\0"), STREAM_BAD_EXPORT},
        {STREAM_WATCHER, BYTES("\x84\0\x04\0\0\0\0\0\0\0\0\0"), STREAM_BAD_STATE},
        {STREAM_WATCHER, BYTES("\x84\0\0\0\0\0\0\0\0\0\0\0"), STREAM_BAD_NUMBERS},
        {STREAM_WATCHER, BYTES("\x84\0\x01\0\0\0\0\0\0\0\x01\0"), STREAM_BAD_NUMBERS},
        {STREAM_WATCHER, BYTES("\x84\0\0\0\0\0\0\0\0\0\x01\x41"), STREAM_BAD_COUNT},
        {STREAM_WATCHER, BYTES("\x84\0\0\0\0\0\0\0\0\0\x01\x01\0\x02*/"), STREAM_BAD_PATTERN},
        {STREAM_WATCHER, BYTES("\x85\0"), STREAM_BAD_COUNT},
        {STREAM_WATCHER, BYTES("\x85\x20" RECORD), STREAM_BAD_EXPORT},
        {STREAM_WATCHER, BYTES("\x86" MAGIC "\0\0\0\x02"), STREAM_BAD_VERSION},
        {STREAM_WATCHER, BYTES("\x86" MAGIC "\0\0\0\0"), STREAM_FINE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(read_one(cases[i].frame, cases[i].from), cases[i].fault);
}

static void a_hello_of_another_version_is_read_as_far_as_that(void **state) {
    static const struct text frames[] = {BYTES("\x01" MAGIC "\xff\xff"), BYTES("\x01" MAGIC "\xff\xffwhatever\0")};

    (void)state;
    for (size_t i = 0; i < COUNT(frames); i++) {
        struct stream_message message;
        assert_int_equal(stream_read(frames[i], STREAM_GUEST, &message), STREAM_FINE);
        assert_int_equal(message.kind, STREAM_HELLO);
        assert_int_equal(message.version, 0xffff);
        assert_int_equal(message.count, 0);
        assert_int_equal(message.items.len, 0);
    }
}

static enum stream_fault judge(struct stream_record record) {
    unsigned char memory[STREAM_FRAME_BYTES];
    struct stream_out out = stream_out(memory, sizeof memory);

    assert_true(stream_begin(&out, &(struct stream_message){.kind = STREAM_RECORDS}));
    assert_true(stream_put_record(&out, &record));
    stream_end(&out);
    return read_one((struct text){(char *)memory + 4, out.len - 4}, STREAM_WATCHER);
}

#define OF(the_mode, the_inode, ...) ((struct stream_record){.mode = (the_mode), .inode = (the_inode), __VA_ARGS__})
#define FILE_OF(...) OF(0100644, 1, __VA_ARGS__)
#define FOLDER_OF(...) OF(040755, 1, __VA_ARGS__)

static void a_record_must_agree_with_itself(void **state) {
    static const struct text a = BYTES("a"), up = BYTES("a/../.."), none = {"", 0};

    (void)state;
    assert_int_equal(judge(FILE_OF(.path = a)), STREAM_FINE);
    assert_int_equal(judge(FILE_OF(.path = a, .size_bytes = UINT64_MAX, .mtime_ns = -1)), STREAM_FINE);
    assert_int_equal(judge(FILE_OF(.path = a, .folder_inode = 7)), STREAM_FINE);
    assert_int_equal(judge(FILE_OF(.path = a, .flags = 32)), STREAM_BAD_FLAGS);
    assert_int_equal(judge(FILE_OF(.path = a, .flags = STREAM_IS_SAME)), STREAM_FINE);
    assert_int_equal(judge((struct stream_record){.path = a, .flags = STREAM_IS_SAME}), STREAM_BAD_FLAGS);
    assert_int_equal(judge((struct stream_record){.path = a, .flags = STREAM_IS_SAME | STREAM_IS_BELOW}),
                     STREAM_BAD_FLAGS);
    assert_int_equal(judge(FILE_OF(.path = a, .flags = 0x8000)), STREAM_BAD_FLAGS);
    assert_int_equal(judge(FILE_OF(.path = a, .flags = STREAM_IS_LISTED)), STREAM_FINE);
    assert_int_equal(judge(FILE_OF(.path = a, .flags = STREAM_IS_FOLDER)), STREAM_BAD_NUMBERS);
    assert_int_equal(judge(FILE_OF(.path = a, .flags = STREAM_IS_GONE)), STREAM_BAD_NUMBERS);
    assert_int_equal(judge(FILE_OF(.path = a, .flags = STREAM_IS_BELOW)), STREAM_BAD_NUMBERS);
    assert_int_equal(judge(OF(0100644, 0, .path = a)), STREAM_BAD_NUMBERS);
    assert_int_equal(judge(FOLDER_OF(.path = a)), STREAM_BAD_NUMBERS);
    assert_int_equal(judge(FOLDER_OF(.path = a, .flags = STREAM_IS_FOLDER)), STREAM_FINE);
    assert_int_equal(judge(FILE_OF(.path = up)), STREAM_BAD_PATH);
    assert_int_equal(judge(FILE_OF(.path = none)), STREAM_BAD_PATH);
    assert_int_equal(judge(FOLDER_OF(.path = none, .flags = STREAM_IS_FOLDER)), STREAM_FINE);
    assert_int_equal(judge((struct stream_record){.path = a}), STREAM_FINE);
    assert_int_equal(judge((struct stream_record){.path = a, .folder_inode = 3}), STREAM_FINE);
    assert_int_equal(judge((struct stream_record){.path = a, .inode = 3}), STREAM_BAD_NUMBERS);
    assert_int_equal(judge((struct stream_record){.path = a, .size_bytes = 3}), STREAM_BAD_NUMBERS);
    assert_int_equal(judge((struct stream_record){.path = a, .mtime_ns = 3}), STREAM_BAD_NUMBERS);
    assert_int_equal(judge((struct stream_record){.path = a, .flags = STREAM_IS_GONE | STREAM_IS_FOLDER}), STREAM_FINE);
    assert_int_equal(judge((struct stream_record){.path = none, .flags = STREAM_IS_GONE}), STREAM_BAD_PATH);
    assert_int_equal(judge((struct stream_record){.path = none, .flags = STREAM_IS_BELOW}), STREAM_FINE);
    assert_int_equal(judge((struct stream_record){.path = a, .flags = STREAM_IS_BELOW | STREAM_IS_GONE}),
                     STREAM_BAD_FLAGS);
    assert_int_equal(judge((struct stream_record){.path = a, .flags = STREAM_IS_BELOW | STREAM_IS_FOLDER}),
                     STREAM_BAD_FLAGS);
}

/* ------------------------------------------------------------------------------------------ bounds of writing */

static void a_frame_ends_at_64_kib_and_stays_whole(void **state) {
    static unsigned char memory[2 * STREAM_FRAME_BYTES];
    struct stream_out out = stream_out(memory, sizeof memory);
    struct stream_record record = FILE_OF(.path = BYTES("0123456789"));
    struct stream_message message;
    size_t put = 0;

    (void)state;
    assert_true(stream_begin(&out, &(struct stream_message){.kind = STREAM_RECORDS}));
    while (stream_put_record(&out, &record))
        put++;
    assert_int_equal(put, (65536 - 6) / 48);
    stream_end(&out);
    assert_int_equal(out.len, 6 + put * 48);
    assert_int_equal(stream_read((struct text){(char *)memory + 4, out.len - 4}, STREAM_WATCHER, &message),
                     STREAM_FINE);
    assert_int_equal(message.count, put);
}

static void a_frame_never_leaves_its_memory(void **state) {
    (void)state;
    for (size_t size = 0; size < 150; size++) {
        unsigned char *memory = malloc(size ? size : 1); /* so that a sanitizer sees a step too far */
        struct stream_out out = stream_out(memory, size);
        struct stream_record record = FILE_OF(.path = BYTES("0123456789"));
        size_t put = 0;

        assert_non_null(memory);
        if (stream_begin(&out, &(struct stream_message){.kind = STREAM_RECORDS})) {
            while (stream_put_record(&out, &record))
                put++;
            stream_end(&out);
            assert_int_equal(out.len, put ? 6 + put * 48 : 0);
        } else {
            assert_true(size < 25);
            assert_int_equal(out.len, 0);
        }
        assert_int_equal(put, size < 54 ? 0 : (size - 6) / 48);
        free(memory);
    }
}

static void a_count_ends_where_its_bytes_do(void **state) {
    static unsigned char memory[STREAM_FRAME_BYTES];
    struct stream_out out = stream_out(memory, sizeof memory);
    struct stream_message message;
    size_t put = 0;

    (void)state;
    assert_true(stream_begin(&out, &(struct stream_message){.kind = STREAM_HELLO, .version = 1}));
    while (stream_put_path(&out, text_of("/")))
        put++;
    assert_int_equal(put, 255);
    out = stream_out(memory, sizeof memory);
    assert_true(stream_begin(&out, &(struct stream_message){.kind = STREAM_FOLDERS}));
    for (put = 0; put < STREAM_FOLDERS_MAX; put++)
        assert_true(stream_put_path(&out, text_of("a")));
    stream_end(&out);
    assert_int_equal(stream_read((struct text){(char *)memory + 4, out.len - 4}, STREAM_GUEST, &message), STREAM_FINE);
    assert_int_equal(message.count, 256);
}

/* ------------------------------------------------------------------------------------------------- in pieces */

static struct stream_buffer buffer;

static void feed(const void *bytes, size_t size) {
    size_t room;
    unsigned char *at = stream_buffer_room(&buffer, &room);

    assert_true(room >= size);
    memcpy(at, bytes, size);
    stream_buffer_filled(&buffer, size);
}

static void frames_come_out_whole_however_they_come_in(void **state) {
    char bytes[1000];
    size_t len = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        memcpy(bytes + len, samples[i].bytes.at, samples[i].bytes.len);
        len += samples[i].bytes.len;
    }
    for (size_t piece = 1; piece <= len; piece++) {
        size_t next = 0;
        struct text frame;

        memset(&buffer, 0, sizeof buffer);
        for (size_t at = 0; at < len; at += piece) {
            feed(bytes + at, at + piece < len ? piece : len - at);
            while (stream_buffer_next(&buffer, &frame) == STREAM_CUT_FRAME) {
                assert_text_equal(frame, (struct text){samples[next].bytes.at + 4, samples[next].bytes.len - 4});
                next++;
            }
        }
        assert_int_equal(next, COUNT(samples));
        assert_int_equal(stream_buffer_next(&buffer, &frame), STREAM_CUT_MORE);
    }
}

static void the_length_of_a_frame_has_bounds(void **state) {
    static unsigned char largest[STREAM_FRAME_BYTES] = {0, 0, 0xff, 0xfc, 3};
    struct text frame;
    size_t room;

    (void)state;
    memset(&buffer, 0, sizeof buffer);
    feed("\0\0\0\0", 4);
    assert_int_equal(stream_buffer_next(&buffer, &frame), STREAM_CUT_BAD);
    assert_int_equal(stream_buffer_next(&buffer, &frame), STREAM_CUT_BAD);
    memset(&buffer, 0, sizeof buffer);
    feed("\0\0\xff\xfd", 4);
    assert_int_equal(stream_buffer_next(&buffer, &frame), STREAM_CUT_BAD);
    memset(&buffer, 0, sizeof buffer);
    feed("\xff\xff\xff\xff", 4);
    assert_int_equal(stream_buffer_next(&buffer, &frame), STREAM_CUT_BAD);
    memset(&buffer, 0, sizeof buffer);
    feed(largest, sizeof largest - 1);
    assert_int_equal(stream_buffer_next(&buffer, &frame), STREAM_CUT_MORE);
    stream_buffer_room(&buffer, &room);
    assert_int_equal(room, 1);
    feed("", 1);
    stream_buffer_room(&buffer, &room);
    assert_int_equal(room, 0);
    assert_int_equal(stream_buffer_next(&buffer, &frame), STREAM_CUT_FRAME);
    assert_int_equal(frame.len, 65532);
    stream_buffer_room(&buffer, &room);
    assert_int_equal(room, 65536);
}

/* ------------------------------------------------------------------------------------------------ any content */

static uint64_t dice;

static uint32_t roll(uint32_t sides) {
    dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(dice >> 33) % sides;
}

static uint64_t any_u64(void) {
    uint64_t value = (uint64_t)roll(UINT32_MAX) << 32 | roll(UINT32_MAX);

    return value >> roll(64);
}

/* A path of any bytes that a path may have. */
static struct text any_path(char *memory) {
    size_t len = 0, parts = 1 + roll(6);

    for (size_t part = 0; part < parts; part++) {
        size_t size = 1 + roll(roll(20) ? 12 : 255), begin = len;
        for (size_t i = 0; i < size; i++) {
            memory[len] = (char)(1 + roll(255));
            len += memory[len] != '/';
        }
        if (len == begin || memory[begin] == '.')
            memory[begin] = 'd', len += len == begin;
        memory[len++] = '/';
    }
    return (struct text){memory, len - 1};
}

static struct stream_record any_record(char *memory) {
    struct stream_record record = {.folder_inode = any_u64(), .path = any_path(memory)};
    static const uint16_t modes[] = {0100644, 0104755, 0120777, 0010600, 0140777, 0060660, 0020666};

    switch (roll(6)) {
    case 0:
        record.flags = (uint16_t)(STREAM_IS_GONE | roll(2));
        break;
    case 1:
        record.flags = (uint16_t)(STREAM_IS_BELOW | roll(2) * STREAM_IS_LISTED);
        record.path.len = roll(3) ? record.path.len : 0;
        break;
    case 2:
        record.flags = STREAM_IS_FOLDER;
        break;
    default:
        record.flags = (uint16_t)(roll(4) == 0);
        record.flags |= (uint16_t)(roll(8) == 0 ? STREAM_IS_SAME | STREAM_IS_LISTED : 0);
        record.mode = record.flags & STREAM_IS_FOLDER ? 040755 : modes[roll(COUNT(modes))];
        record.inode = 1 + any_u64() / 2;
        record.size_bytes = any_u64();
        record.mtime_ns = (int64_t)any_u64();
    }
    return record;
}

static void what_is_written_is_read_back(void **state) {
    static unsigned char bytes[STREAM_FRAME_BYTES];
    static char memory[64][6 * 256];
    const char *given = getenv("USERMOUNT_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);

    (void)state;
    dice = seed * 2 + 1;
    print_message("seed %llu (USERMOUNT_SEED repeats it)\n", (unsigned long long)seed);
    for (int round = 0; round < 2000; round++) {
        struct stream_out out = stream_out(bytes, sizeof bytes);
        struct stream_record put[64], got;
        struct stream_message message = {.kind = STREAM_RECORDS, .export = (uint8_t)roll(32)}, back;
        size_t count = 1 + roll(COUNT(put)), done = 0;

        assert_true(stream_begin(&out, &message));
        for (; done < count; done++) {
            put[done] = any_record(memory[done]);
            if (!stream_put_record(&out, &put[done]))
                break;
        }
        stream_end(&out);
        assert_true(done > 0);
        assert_int_equal(stream_read((struct text){(char *)bytes + 4, out.len - 4}, STREAM_WATCHER, &back),
                         STREAM_FINE);
        assert_int_equal(back.export, message.export);
        assert_int_equal(back.count, done);
        for (size_t i = 0; i < done; i++) {
            assert_true(stream_next_record(&back.items, &got));
            assert_record_equal(&got, &put[i]);
        }
        assert_false(stream_next_record(&back.items, &got));
    }
}

static void every_fault_has_its_own_words(void **state) {
    (void)state;
    for (int i = 0; i < STREAM_FAULTS; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(stream_fault_text((enum stream_fault)i), stream_fault_text((enum stream_fault)k));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_is_one_name),
        cmocka_unit_test(a_path_is_relative_and_every_part_is_good),
        cmocka_unit_test(an_export_is_absolute),
        cmocka_unit_test(the_folder_of_a_path),
        cmocka_unit_test(every_kind_is_written_as_the_page_says),
        cmocka_unit_test(every_kind_is_read_as_the_page_says),
        cmocka_unit_test(a_frame_of_the_other_side_is_refused),
        cmocka_unit_test(a_frame_that_is_cut_or_too_long_is_refused),
        cmocka_unit_test(frames_that_break_a_rule),
        cmocka_unit_test(a_hello_of_another_version_is_read_as_far_as_that),
        cmocka_unit_test(a_record_must_agree_with_itself),
        cmocka_unit_test(a_frame_ends_at_64_kib_and_stays_whole),
        cmocka_unit_test(a_frame_never_leaves_its_memory),
        cmocka_unit_test(a_count_ends_where_its_bytes_do),
        cmocka_unit_test(frames_come_out_whole_however_they_come_in),
        cmocka_unit_test(the_length_of_a_frame_has_bounds),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(every_fault_has_its_own_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
