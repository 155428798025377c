/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <zlib.h>

#include "../../packer/image/newc.h"
#include "../../packer/write/payload.h"

#define TIME_S 1467331200u

static const struct payload_item items[] = {
    {"etc", NEWC_DIRECTORY | 0755, NULL, 0, false},
    {"etc/a", NEWC_REGULAR | 0644, "hello", 5, false},
    {"etc/l", NEWC_SYMLINK | 0777, "/etc/a", 6, false},
};

#define ITEM_COUNT (sizeof(items) / sizeof(items[0]))

/* Decodes the entry at *at, moves on, and returns its name. */
static const char *next_entry(const struct payload *payload, size_t *at, struct newc_header *header,
                              const unsigned char **data) {
    const unsigned char *raw = payload->bytes + *at;
    bool odd;

    assert_true(*at + NEWC_HEADER_BYTES <= payload->size);
    assert_int_equal(*at % 4, 0);
    assert_int_equal(newc_decode(raw, header, &odd), NEWC_MAGIC_NEWC);
    assert_false(odd);
    *data = raw + NEWC_HEADER_BYTES + newc_name_span(header->name_bytes);
    *at += NEWC_HEADER_BYTES + (size_t)newc_name_span(header->name_bytes) + (size_t)newc_align(header->size_bytes);
    assert_true(*at <= payload->size);
    return (const char *)raw + NEWC_HEADER_BYTES;
}

static void holds_the_items_in_order_and_a_trailer(void **state) {
    struct payload payload;
    struct newc_header header;
    const unsigned char *data;
    uint32_t inode = 0;
    size_t at = 0;

    (void)state;
    assert_int_equal(payload_build(items, ITEM_COUNT, TIME_S, &payload), 0);
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        assert_string_equal(next_entry(&payload, &at, &header, &data), items[i].path);
        assert_int_equal(header.mode, items[i].mode);
        assert_int_equal(header.size_bytes, items[i].size);
        if (items[i].size)
            assert_memory_equal(data, items[i].bytes, items[i].size);
        assert_int_equal(header.links, 1);
        assert_int_equal(header.uid, 0);
        assert_int_equal(header.gid, 0);
        assert_int_equal(header.mtime_s, TIME_S);
        assert_int_not_equal(header.inode, inode);
        inode = header.inode;
    }
    assert_string_equal(next_entry(&payload, &at, &header, &data), NEWC_TRAILER);
    assert_int_equal(at, payload.size);
    payload_free(&payload);
}

static void deletes_a_name_before_it_makes_it_fresh(void **state) {
    const struct payload_item fresh = {"f", NEWC_REGULAR | 0644, "new", 3, true};
    struct payload payload;
    struct newc_header header;
    const unsigned char *data;
    size_t at = 0;

    (void)state;
    assert_int_equal(payload_build(&fresh, 1, TIME_S, &payload), 0);
    assert_string_equal(next_entry(&payload, &at, &header, &data), "f");
    assert_int_equal(header.mode & NEWC_TYPE, NEWC_SYMLINK);
    assert_string_equal(next_entry(&payload, &at, &header, &data), "f");
    assert_int_equal(header.mode, NEWC_REGULAR | 0644);
    assert_memory_equal(data, "new", 3);
    payload_free(&payload);
}

static void is_the_same_for_the_same_files(void **state) {
    struct payload a;
    struct payload b;

    (void)state;
    assert_int_equal(payload_build(items, ITEM_COUNT, TIME_S, &a), 0);
    assert_int_equal(payload_build(items, ITEM_COUNT, TIME_S, &b), 0);
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.bytes, b.bytes, a.size);
    payload_free(&a);
    payload_free(&b);
}

static void is_compressed_without_header_fields(void **state) {
    unsigned char back[4096];
    struct payload plain;
    struct payload packed;
    z_stream stream = {0};

    (void)state;
    assert_int_equal(payload_build(items, ITEM_COUNT, TIME_S, &plain), 0);
    assert_int_equal(payload_gzip(&plain, &packed), 0);
    assert_memory_equal(packed.bytes, "\x1f\x8b\x08\0\0\0\0\0", 8); /* no flags, no time */
    assert_int_equal(packed.size % 4, 0);
    /* zlib's own gzip reader checks the sums. */
    stream.next_in = packed.bytes;
    stream.avail_in = (uInt)packed.size;
    stream.next_out = back;
    stream.avail_out = sizeof(back);
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.total_out, plain.size);
    assert_memory_equal(back, plain.bytes, plain.size);
    assert_true(stream.avail_in < 4);
    inflateEnd(&stream);
    payload_free(&plain);
    payload_free(&packed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_the_items_in_order_and_a_trailer),
        cmocka_unit_test(deletes_a_name_before_it_makes_it_fresh),
        cmocka_unit_test(is_the_same_for_the_same_files),
        cmocka_unit_test(is_compressed_without_header_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
