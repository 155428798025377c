/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../packer/image/deflate.h"
#include "../../packer/image/gunzip.h"

#define TEXT_BYTES (5 * GUNZIP_PIECE_BYTES + 1234)

/* Text that packs by a half, and the member's data and trailer of it. */
struct packed {
    unsigned char text[TEXT_BYTES];
    unsigned char bytes[2 * TEXT_BYTES];
    size_t size;
};

static void pack(struct packed *packed, size_t text_bytes, int level, int strategy) {
    z_stream stream = {0};
    uint32_t dice = 1952;
    uint32_t sums[2];

    for (size_t i = 0; i < text_bytes; i++) {
        dice = dice * 1664525 + 1013904223;
        packed->text[i] = (unsigned char)(dice >> 28 ? 'a' + (dice >> 24 & 15) : dice >> 20);
    }
    assert_int_equal(deflateInit2(&stream, level, Z_DEFLATED, -MAX_WBITS, 9, strategy), Z_OK);
    stream.next_in = packed->text;
    stream.avail_in = (uInt)text_bytes;
    stream.next_out = packed->bytes;
    stream.avail_out = sizeof(packed->bytes) - 8;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed->size = stream.total_out;
    deflateEnd(&stream);
    sums[0] = (uint32_t)crc32(0, packed->text, (uInt)text_bytes);
    sums[1] = (uint32_t)text_bytes;
    for (unsigned int i = 0; i < 8; i++)
        packed->bytes[packed->size++] = (unsigned char)(sums[i / 4] >> i % 4 * 8);
}

/* The last answer; what was unpacked must be the text's beginning. */
static enum gunzip_answer unpack(struct gunzip *gunzip, const struct packed *packed, size_t *total) {
    enum gunzip_answer answer = GUNZIP_MORE;

    assert_int_equal(gunzip_start(gunzip, packed->bytes, packed->size, 0), 0);
    *total = 0;
    while (answer == GUNZIP_MORE) {
        size_t got;

        answer = gunzip_next(gunzip, &got);
        assert_true(*total + got <= TEXT_BYTES);
        assert_memory_equal(gunzip->piece, packed->text + *total, got);
        *total += got;
    }
    assert_int_equal(gunzip->unpacked_bytes, *total);
    return answer;
}

static bool is_quick_built(void) {
    struct quick *quick = quick_new((const unsigned char *)"", 0, 0);

    quick_free(quick);
    return quick != NULL;
}

static void test_usual_data_are_unpacked_without_zlib(void **state) {
    static struct packed packed;
    static struct gunzip gunzip;
    size_t total;

    (void)state;
    for (int level = 0; level <= 9; level++)
        for (int strategy = Z_DEFAULT_STRATEGY; strategy <= Z_FIXED; strategy++) {
            pack(&packed, TEXT_BYTES, level, strategy);
            assert_int_equal(unpack(&gunzip, &packed, &total), GUNZIP_END);
            assert_int_equal(total, TEXT_BYTES);
            assert_int_equal(gunzip_position(&gunzip), packed.size - GUNZIP_TRAILER_BYTES);
            assert_true((gunzip.quick != NULL) == is_quick_built());
            gunzip_stop(&gunzip);
        }
}

static void test_whatever_is_wrong_is_left_to_zlib(void **state) {
    static struct packed packed;
    static struct gunzip gunzip;
    size_t whole;
    size_t total;

    (void)state;
    pack(&packed, TEXT_BYTES, 6, Z_DEFAULT_STRATEGY);
    whole = packed.size;
    for (size_t cut = 1; cut < 40; cut++) {
        packed.size = whole - cut;
        assert_int_equal(unpack(&gunzip, &packed, &total), cut <= 8 ? GUNZIP_END : GUNZIP_CUT);
        assert_null(gunzip.quick);
        assert_true(gunzip_position(&gunzip) == (cut <= 8 ? whole - 8 : packed.size));
        gunzip_stop(&gunzip);
    }
    packed.size = whole;
    for (size_t at = 1; at <= 8; at++) { /* a sum that is not right */
        packed.bytes[whole - at] ^= 1;
        assert_int_equal(unpack(&gunzip, &packed, &total), GUNZIP_END);
        assert_null(gunzip.quick);
        packed.bytes[whole - at] ^= 1;
        gunzip_stop(&gunzip);
    }
}

/* An image of nothing else would otherwise take a hundred times as long as zlib takes. */
static void test_a_crowd_of_empty_blocks_is_left_to_zlib(void **state) {
    static const unsigned char empty[] = {0, 0, 0, 0xff, 0xff};
    static unsigned char bytes[5 * 10000 + 8];
    static struct gunzip gunzip;
    size_t got;

    (void)state;
    for (size_t at = 0; at < sizeof(bytes) - 8; at += sizeof(empty))
        memcpy(bytes + at, empty, sizeof(empty));
    bytes[sizeof(bytes) - 8 - sizeof(empty)] = 1; /* the last one */
    assert_int_equal(gunzip_start(&gunzip, bytes, sizeof(bytes), 0), 0);
    assert_int_equal(gunzip_next(&gunzip, &got), GUNZIP_END);
    assert_int_equal(got, 0);
    assert_null(gunzip.quick);
    assert_int_equal(gunzip_position(&gunzip), sizeof(bytes) - 8);
    gunzip_stop(&gunzip);
}

/* zlib alone, fed as gunzip feeds it: what it has read when it has filled that many pieces. */
static uint64_t position_of_zlib(const struct packed *packed, unsigned int pieces) {
    static unsigned char room[GUNZIP_PIECE_BYTES];
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)packed->bytes, .avail_in = (uInt)packed->size};

    assert_int_equal(inflateInit2(&stream, -MAX_WBITS), Z_OK);
    while (pieces--) {
        stream.next_out = room;
        stream.avail_out = sizeof(room);
        assert_int_equal(inflate(&stream, Z_NO_FLUSH), Z_OK);
    }
    inflateEnd(&stream);
    return packed->size - stream.avail_in;
}

static void test_a_position_in_the_midst_is_that_of_zlib(void **state) {
    static struct packed packed;
    static struct gunzip gunzip;
    size_t total;
    size_t got;

    (void)state;
    pack(&packed, TEXT_BYTES, 9, Z_DEFAULT_STRATEGY);
    for (unsigned int pieces = 1; pieces <= 5; pieces++) {
        assert_int_equal(gunzip_start(&gunzip, packed.bytes, packed.size, 0), 0);
        for (unsigned int i = 0; i < pieces; i++)
            assert_int_equal(gunzip_next(&gunzip, &got), GUNZIP_MORE);
        assert_int_equal(gunzip_position(&gunzip), position_of_zlib(&packed, pieces));
        assert_int_equal(gunzip.unpacked_bytes, pieces * GUNZIP_PIECE_BYTES);
        for (total = pieces * GUNZIP_PIECE_BYTES; total < TEXT_BYTES; total += got) { /* and it goes on */
            gunzip_next(&gunzip, &got);
            assert_memory_equal(gunzip.piece, packed.text + total, got);
        }
        gunzip_stop(&gunzip);
    }
}

static void test_text_of_whole_pieces_ends(void **state) {
    static struct packed packed;
    static struct gunzip gunzip;
    size_t total;

    (void)state;
    for (size_t pieces = 0; pieces <= 3; pieces++) {
        pack(&packed, pieces * GUNZIP_PIECE_BYTES, 9, Z_DEFAULT_STRATEGY);
        assert_int_equal(unpack(&gunzip, &packed, &total), GUNZIP_END);
        assert_int_equal(total, pieces * GUNZIP_PIECE_BYTES);
        gunzip_stop(&gunzip);
    }
}

static void test_the_crc_is_that_of_zlib(void **state) {
    static unsigned char bytes[1000];

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)(i * i >> 3);
    for (size_t size = 0; size < sizeof(bytes); size++)
        assert_int_equal(quick_crc32(0xDEADBEEF, bytes, size), crc32(0xDEADBEEF, bytes, (uInt)size));
}

static void test_every_head_that_zlib_writes_is_sound_and_none_that_is_cut(void **state) {
    static struct packed packed;
    bool is_last;

    (void)state;
    pack(&packed, 5000, 9, Z_DEFAULT_STRATEGY);
    assert_true(deflate_head_is_sound(packed.bytes, packed.size, 0, &is_last));
    assert_true(is_last);
    for (uint64_t size = 0; size < 30; size++)
        assert_false(deflate_head_is_sound(packed.bytes, size, 0, &is_last));
    assert_true(deflate_head_is_sound((const unsigned char *)"\3", 1, 0, &is_last) && is_last); /* fixed */
    assert_true(deflate_head_is_sound((const unsigned char *)"\2", 1, 0, &is_last) && !is_last);
    assert_true(deflate_head_is_sound((const unsigned char *)"\0\1", 2, 7, &is_last) &&
                !is_last); /* across two bytes */
    assert_false(deflate_head_is_sound((const unsigned char *)"\7", 1, 0, &is_last));
    assert_false(deflate_head_is_sound((const unsigned char *)"\3", 1, 6, &is_last));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usual_data_are_unpacked_without_zlib),
        cmocka_unit_test(test_whatever_is_wrong_is_left_to_zlib),
        cmocka_unit_test(test_a_position_in_the_midst_is_that_of_zlib),
        cmocka_unit_test(test_a_crowd_of_empty_blocks_is_left_to_zlib),
        cmocka_unit_test(test_text_of_whole_pieces_ends),
        cmocka_unit_test(test_the_crc_is_that_of_zlib),
        cmocka_unit_test(test_every_head_that_zlib_writes_is_sound_and_none_that_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
