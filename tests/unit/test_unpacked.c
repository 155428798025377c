/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../packer/write/payload.h"
#include "../../packer/write/payload_read.h"

#include <errno.h>

static const struct payload_item items[] = {
    {"etc", 0040755, NULL, 0, false},
    {"etc/usermount.conf", 0100644, "wait = 3\n", 9, true},
    {"etc/link", 0120777, "/etc/usermount.conf", 19, false},
    {"etc/empty", 0100644, "", 0, false},
};

static struct payload build(bool gzip) {
    struct payload plain;
    struct payload packed;

    assert_int_equal(payload_build(items, sizeof(items) / sizeof(items[0]), 77, &plain), 0);
    if (!gzip)
        return plain;
    assert_int_equal(payload_gzip(&plain, &packed), 0);
    payload_free(&plain);
    return packed;
}

static void what_was_packed_is_found(void **state) {
    (void)state;
    for (int gzip = 0; gzip < 2; gzip++) {
        struct payload payload = build(gzip);
        struct unpacked unpacked;
        struct unpacked_file file;

        assert_int_equal(unpacked_open(&unpacked, payload.bytes, payload.size), 0);
        assert_int_equal(unpacked.is_gzip, gzip);
        assert_true(unpacked_find(&unpacked, "etc/usermount.conf", &file));
        assert_int_equal(file.size, 9);
        assert_int_equal(file.mtime_s, 77);
        assert_memory_equal(file.bytes, "wait = 3\n", 9);
        assert_true(unpacked_find(&unpacked, "etc/empty", &file));
        assert_int_equal(file.size, 0);
        assert_false(unpacked_find(&unpacked, "etc", &file));
        assert_false(unpacked_find(&unpacked, "etc/link", &file));
        assert_false(unpacked_find(&unpacked, "missing", &file));
        unpacked_close(&unpacked);
        payload_free(&payload);
    }
}

static void what_is_cut_is_not_read_behind_its_end(void **state) {
    (void)state;
    for (int gzip = 0; gzip < 2; gzip++) {
        struct payload payload = build(gzip);

        for (size_t size = 0; size < payload.size; size++) {
            unsigned char *part = malloc(size + 1); /* of its own, so that a sanitizer sees its end */
            struct unpacked unpacked;
            struct unpacked_file file;
            int rc;

            assert_non_null(part);
            memcpy(part, payload.bytes, size);
            rc = unpacked_open(&unpacked, part, size);
            assert_true(rc == 0 || rc == -EINVAL);
            if (rc == 0) {
                unpacked_find(&unpacked, "missing", &file);
                unpacked_close(&unpacked);
            }
            free(part);
        }
        payload_free(&payload);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_packed_is_found),
        cmocka_unit_test(what_is_cut_is_not_read_behind_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
