/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "../../packer/write/payload.h"
#include "../../packer/image/segment.h"

/* What a walk reported, as one text: "open 1 raw@0; /a; data 5; end; trailer; close 1 size 352; ". */
struct log {
    char text[4096];
    bool cancelled;
    unsigned int entries_until_cancel;
};

static void add(struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct log *log, const char *format, ...) {
    size_t used = strlen(log->text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(log->text + used, sizeof(log->text) - used, format, arguments);
    va_end(arguments);
}

static bool on_entry(void *context, const struct archive_entry *entry) {
    struct log *log = context;

    add(log, "/%s", entry->name);
    if (entry->target)
        add(log, "->%s", entry->target);
    add(log, "; ");
    if (log->entries_until_cancel && --log->entries_until_cancel == 0)
        log->cancelled = true;
    return (entry->header.mode & NEWC_TYPE) == NEWC_REGULAR;
}

static void on_data(void *context, const unsigned char *bytes, size_t size) {
    (void)bytes;
    add(context, "data %zu; ", size);
}

static void on_data_end(void *context) {
    add(context, "end; ");
}

static void on_trailer(void *context) {
    add(context, "trailer; ");
}

static void on_open(void *context, const struct segment *segment) {
    add(context, "open %u %s@%u; ", segment->number, segment_kind_name(segment->kind), (unsigned int)segment->offset);
}

static void on_close(void *context, const struct segment *segment) {
    add(context, "close %u size %u; ", segment->number, (unsigned int)segment->size_bytes);
}

static void on_fault(void *context, const struct segment_fault *fault) {
    add(context, "fault %s@%u", fault_word(fault->fault), (unsigned int)fault->offset);
    if (fault->is_inside)
        add(context, "+%u", (unsigned int)fault->inside_bytes);
    add(context, "; ");
}

static enum fault walk(struct log *log, const unsigned char *bytes, size_t size, uint64_t limit) {
    const struct segment_sink sink = {
        .archive = {log, on_entry, on_data, on_data_end, on_trailer},
        .context = log,
        .open = on_open,
        .close = on_close,
        .fault = on_fault,
        .cancelled = &log->cancelled,
    };

    return segment_walk(bytes, size, limit, &sink);
}

static const struct payload_item items[] = {
    {"a", NEWC_REGULAR | 0644, "hello", 5, false},
    {"l", NEWC_SYMLINK | 0777, "a", 1, false},
};

static unsigned char image[65536];

/* A raw archive of `items` at image + at. Returns its size. */
static size_t put_raw(size_t at) {
    struct payload payload;
    size_t size;

    assert_int_equal(payload_build(items, 2, 0, &payload), 0);
    memcpy(image + at, payload.bytes, payload.size);
    size = payload.size;
    payload_free(&payload);
    return size;
}

/* The same as one gzip member, zeros up to a multiple of four behind it. Returns its size with these. */
static size_t put_gzip(size_t at) {
    struct payload plain;
    struct payload packed;
    size_t size;

    assert_int_equal(payload_build(items, 2, 0, &plain), 0);
    assert_int_equal(payload_gzip(&plain, &packed), 0);
    size = packed.size;
    memcpy(image + at, packed.bytes, size);
    payload_free(&plain);
    payload_free(&packed);
    return size;
}

static int set_up(void **state) {
    (void)state;
    memset(image, 0, sizeof(image));
    return 0;
}

static void walks_raw_and_gzip_with_exact_offsets(void **state) {
    struct log log = {0};
    char expected[512];
    size_t raw = put_raw(0);
    size_t zipped = put_gzip(raw + 8);
    size_t second = raw + 8 + zipped + 4;

    (void)state;
    put_raw(second);
    assert_int_equal(walk(&log, image, second + raw + 100, 1 << 20), FAULT_NONE);
    snprintf(expected, sizeof(expected),
             "open 1 raw@0; /a; data 5; end; /l->a; trailer; close 1 size %zu; "
             "open 2 gzip@%zu; /a; data 5; end; /l->a; trailer; close 2 size ",
             raw, raw + 8);
    assert_memory_equal(log.text, expected, strlen(expected));
    snprintf(expected, sizeof(expected), "open 3 raw@%zu; /a; data 5; end; /l->a; trailer; close 3 size %zu; ", second,
             raw);
    assert_non_null(strstr(log.text, expected));
}

static void stops_at_a_raw_archive_that_is_not_aligned(void **state) {
    struct log log = {0};
    size_t zipped = put_gzip(0);

    (void)state;
    put_raw(zipped + 1);
    assert_int_equal(walk(&log, image, zipped + 1 + 400, 1 << 20), FAULT_JUNK);
    assert_non_null(strstr(log.text, "fault junk@"));
}

static void notices_a_wrong_sum_and_goes_on(void **state) {
    struct log log = {0};
    size_t zipped = put_gzip(0);
    size_t end = zipped;

    (void)state;
    /* Up to three zeros are behind the length, whose high bytes are zero as well: find the low one. */
    while (image[end - 1] == 0)
        end--;
    image[end - 3] ^= 1; /* the sum is before the length, which takes two bytes here */
    put_raw(zipped);
    assert_int_equal(walk(&log, image, zipped + 400, 1 << 20), FAULT_NONE);
    assert_non_null(strstr(log.text, "fault gzip-crc@"));
    assert_non_null(strstr(log.text, "open 2 raw@"));
}

static void hands_over_nothing_behind_a_stop(void **state) {
    struct log log = {0};
    size_t raw = put_raw(0);

    (void)state;
    memcpy(image + raw, "0707", 4);
    put_gzip(raw + 120);
    assert_int_equal(walk(&log, image, raw + 500, 1 << 20), FAULT_NO_MAGIC);
    assert_null(strstr(log.text, "gzip"));
}

static void names_every_place_where_a_raw_archive_is_cut(void **state) {
    size_t raw = put_raw(0);

    (void)state;
    for (size_t size = 1; size < raw; size++) {
        struct log log = {0};
        /* Between two entries nothing is missing, and of padding (three bytes at most) nothing that counts. */
        bool whole = (size >= 112 + 5 && size <= 120) || (size >= 120 + 113 && size <= 236);

        assert_int_equal(walk(&log, image, size, 1 << 20), FAULT_NONE);
        assert_int_equal(strstr(log.text, "fault truncated@") == NULL, whole);
    }
}

static void keeps_to_the_limit(void **state) {
    struct log log = {0};
    size_t zipped = put_gzip(0);

    (void)state;
    assert_int_equal(walk(&log, image, zipped, 100), FAULT_TOO_LARGE);
    assert_null(strstr(log.text, "/a"));
}

static void ends_at_once_when_cancelled(void **state) {
    struct log log = {.entries_until_cancel = 1};
    size_t zipped = put_gzip(0);

    (void)state;
    put_raw(zipped);
    assert_int_equal(walk(&log, image, zipped + 400, 1 << 20), FAULT_NONE);
    assert_null(strstr(log.text, "open 2"));
}

static void knows_the_compressors_by_two_bytes(void **state) {
    (void)state;
    assert_int_equal(segment_detect((const unsigned char *)"\xfd"
                                                           "7",
                                    2),
                     SEGMENT_XZ);
    assert_int_equal(segment_detect((const unsigned char *)"\x28\xb5", 2), SEGMENT_ZSTD);
    assert_int_equal(segment_detect((const unsigned char *)"\x1f\x8b", 1), SEGMENT_UNKNOWN);
    assert_int_equal(segment_detect((const unsigned char *)"07", 2), SEGMENT_UNKNOWN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(walks_raw_and_gzip_with_exact_offsets, set_up),
        cmocka_unit_test_setup(stops_at_a_raw_archive_that_is_not_aligned, set_up),
        cmocka_unit_test_setup(notices_a_wrong_sum_and_goes_on, set_up),
        cmocka_unit_test_setup(hands_over_nothing_behind_a_stop, set_up),
        cmocka_unit_test_setup(names_every_place_where_a_raw_archive_is_cut, set_up),
        cmocka_unit_test_setup(keeps_to_the_limit, set_up),
        cmocka_unit_test_setup(ends_at_once_when_cancelled, set_up),
        cmocka_unit_test(knows_the_compressors_by_two_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
