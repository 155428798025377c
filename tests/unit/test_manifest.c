/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../../packer/write/manifest.h"

static struct manifest sample(void) {
    struct manifest manifest = {
        .format = MANIFEST_FORMAT,
        .version = "0.1.0",
        .arch = "x86_64",
        .time_s = 1467331200,
        .base_bytes = 55400736,
    };

    for (unsigned int i = 0; i < MANIFEST_SHA256_BYTES; i++) {
        manifest.base_sha256[i] = (unsigned char)(i * 7);
        manifest.payload_sha256[i] = (unsigned char)(255 - i);
    }
    return manifest;
}

static void is_read_back_unchanged(void **state) {
    struct manifest manifest = sample();
    unsigned char tail[MANIFEST_SEGMENT_BYTES];
    struct manifest back;

    (void)state;
    assert_true(manifest_encode(&manifest, tail));
    assert_int_equal(manifest_decode(tail, &back), MANIFEST_OK);
    assert_memory_equal(&back, &manifest, sizeof(back));
}

static void has_room_for_the_largest_values(void **state) {
    struct manifest manifest = sample();
    unsigned char tail[MANIFEST_SEGMENT_BYTES];
    struct manifest back;

    (void)state;
    memcpy(manifest.version, "10.20.30-rc4+55", sizeof(manifest.version));
    memcpy(manifest.arch, "aarch64", sizeof(manifest.arch));
    manifest.time_s = UINT32_MAX;
    manifest.base_bytes = UINT64_C(9999999999);
    assert_true(manifest_encode(&manifest, tail));
    assert_int_equal(manifest_decode(tail, &back), MANIFEST_OK);
    assert_memory_equal(&back, &manifest, sizeof(back));
}

static void refuses_what_it_cannot_write(void **state) {
    unsigned char tail[MANIFEST_SEGMENT_BYTES];
    struct manifest manifest = sample();

    (void)state;
    manifest.base_bytes = UINT64_C(10000000000);
    assert_false(manifest_encode(&manifest, tail));
    manifest = sample();
    memcpy(manifest.version, "0.1\n", 5);
    assert_false(manifest_encode(&manifest, tail));
    manifest = sample();
    manifest.arch[0] = '\0';
    assert_false(manifest_encode(&manifest, tail));
    manifest = sample();
    manifest.time_s = UINT64_C(1) << 32;
    assert_false(manifest_encode(&manifest, tail));
}

/* No byte may change unnoticed: only the name decides whether it is a manifest at all. */
static void notices_every_changed_byte(void **state) {
    struct manifest manifest = sample();
    unsigned char tail[MANIFEST_SEGMENT_BYTES];
    struct manifest back;

    (void)state;
    assert_true(manifest_encode(&manifest, tail));
    for (size_t i = 0; i < sizeof(tail); i++) {
        enum manifest_answer answer;
        unsigned char was = tail[i];

        tail[i] ^= 0x80;
        answer = manifest_decode(tail, &back);
        assert_true(answer == MANIFEST_ABSENT || answer == MANIFEST_DAMAGED);
        tail[i] = was;
    }
    assert_int_equal(manifest_decode(tail, &back), MANIFEST_OK);
}

static void names_the_version_of_a_newer_packer(void **state) {
    struct manifest manifest = sample();
    unsigned char tail[MANIFEST_SEGMENT_BYTES];
    struct manifest back;
    char *format;

    (void)state;
    assert_true(manifest_encode(&manifest, tail));
    format = strstr((char *)tail + 132, "format=1");
    assert_non_null(format);
    format[7] = '2';
    memcpy(strstr(format, "arch="), "what=", 5);
    assert_int_equal(manifest_decode(tail, &back), MANIFEST_NEWER);
    assert_int_equal(back.format, 2);
    assert_string_equal(back.version, "0.1.0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_read_back_unchanged),
        cmocka_unit_test(has_room_for_the_largest_values),
        cmocka_unit_test(refuses_what_it_cannot_write),
        cmocka_unit_test(notices_every_changed_byte),
        cmocka_unit_test(names_the_version_of_a_newer_packer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
