/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../../packer/image/newc.h"

static const struct newc_header sample = {
    .inode = 1,
    .mode = 0100644,
    .uid = 0xffffffff,
    .gid = 20,
    .links = 2,
    .mtime_s = 1467331200,
    .size_bytes = 0xdeadbeef,
    .device_major = 8,
    .device_minor = 1,
    .special_major = 5,
    .special_minor = 300,
    .name_bytes = 11,
};

static void encodes_as_cpio_does(void **state) {
    unsigned char raw[NEWC_HEADER_BYTES];

    (void)state;
    newc_encode(&sample, raw);
    assert_memory_equal(raw,
                        "07070100000001000081A4FFFFFFFF00000014000000025775B280DEADBEEF"
                        "0000000800000001000000050000012C0000000B00000000",
                        NEWC_HEADER_BYTES);
}

static void decodes_what_it_encodes(void **state) {
    unsigned char raw[NEWC_HEADER_BYTES];
    struct newc_header header;
    bool odd;

    (void)state;
    newc_encode(&sample, raw);
    assert_int_equal(newc_decode(raw, &header, &odd), NEWC_MAGIC_NEWC);
    assert_false(odd);
    assert_memory_equal(&header, &sample, sizeof(header));
}

static void tells_the_magics_apart(void **state) {
    static const struct {
        const char *text;
        enum newc_magic magic;
    } cases[] = {
        {"070701", NEWC_MAGIC_NEWC}, {"070702", NEWC_MAGIC_CRC},  {"070707", NEWC_MAGIC_ODC},
        {"070703", NEWC_MAGIC_NONE}, {"170701", NEWC_MAGIC_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned char raw[NEWC_HEADER_BYTES];
        struct newc_header header;
        bool odd;

        newc_encode(&sample, raw);
        memcpy(raw, cases[i].text, 6);
        assert_int_equal(newc_decode(raw, &header, &odd), cases[i].magic);
    }
}

/* simple_strtoul(..., 16) of the kernel, field by field. */
static void reads_odd_fields_as_the_kernel_does(void **state) {
    static const struct {
        const char *text;
        uint32_t value;
        bool odd;
    } cases[] = {
        {"0000abCD", 0xabcd, false},     {"0x000010", 0x10, true}, {"0X0000ff", 0xff, true},
        {"12 45678", 0x12, true},        {"xyz00000", 0, true},    {"       7", 0, true},
        {"ffffffff", 0xffffffff, false}, {"-0000001", 0, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned char raw[NEWC_HEADER_BYTES];
        struct newc_header header;
        bool odd;

        newc_encode(&sample, raw);
        memcpy(raw + 6 + 2 * 8, cases[i].text, 8);
        assert_int_equal(newc_decode(raw, &header, &odd), NEWC_MAGIC_NEWC);
        assert_int_equal(header.uid, cases[i].value);
        assert_int_equal(odd, cases[i].odd);
        assert_int_equal(header.gid, sample.gid);
    }
}

static void pads_header_and_name_to_four(void **state) {
    (void)state;
    for (uint32_t name = 1; name <= 5000; name++) {
        uint64_t span = newc_name_span(name);

        assert_true(span >= name && span < (uint64_t)name + 4);
        assert_int_equal((NEWC_HEADER_BYTES + span) % 4, 0);
    }
    assert_true(newc_name_span(UINT32_MAX) > UINT32_MAX);
    assert_true(newc_align(UINT64_C(0x1fffffffd)) == UINT64_C(0x200000000));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_as_cpio_does),         cmocka_unit_test(decodes_what_it_encodes),
        cmocka_unit_test(tells_the_magics_apart),       cmocka_unit_test(reads_odd_fields_as_the_kernel_does),
        cmocka_unit_test(pads_header_and_name_to_four),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
