/* SPDX-License-Identifier: MIT */
/* What inotify watches, read from fdinfo. The lines are the kernel's own (6.1 with file handles, 4.9 without). */
#include "../../agent/events/watches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/inotify.h>

static struct watches watches;

static void add(const char *fdinfo, uint32_t device) {
    watches_add(&watches, text_of(fdinfo), device);
}

static void test_masks_are_found_by_inode(void **state) {
    (void)state;
    watches_clear(&watches);
    add("pos:\t0\nflags:\t02004000\nmnt_id:\t15\nino:\t1057\n"
        "inotify wd:2 ino:5e3 sdev:2d mask:3c6 ignored_mask:0 fhandle-bytes:8 fhandle-type:1 "
        "f_handle:e305000000000000\n"
        "inotify wd:1 ino:fffffffffffffffe sdev:2d mask:8 ignored_mask:0 \n",
        0x2d);
    watches_sort(&watches);
    assert_int_equal(watches_mask(&watches, 0x5e3), 0x3c6);
    assert_int_equal(watches_mask(&watches, UINT64_MAX - 1), IN_CLOSE_WRITE);
    assert_int_equal(watches_mask(&watches, 0x5e4), 0);
    assert_int_equal(watches.count, 2);
}

static void test_other_devices_and_other_lines_are_passed_over(void **state) {
    (void)state;
    watches_clear(&watches);
    add("inotify wd:1 ino:1 sdev:2e mask:2 ignored_mask:0 \n"
        "fanotify ino:1 sdev:2d mflags:0 mask:2 ignored_mask:0\n"
        "inotify wd:1 ino:xyz sdev:2d mask:2\n"
        "inotify wd:1 ino: sdev:2d mask:2\n"
        "inotify wd:1 ino:1 sdev:2d\n"
        "inotify wd:1 ino:1 sdev:2d mask:fffffffff ignored_mask:0\n"
        "inotify wd:1 ino:11112222333344445 sdev:2d mask:2\n"
        "inotify",
        0x2d);
    watches_sort(&watches);
    assert_int_equal(watches.count, 0);
    assert_false(watches.overflowed);
}

static void test_two_watches_of_one_inode_are_one_with_both_masks(void **state) {
    (void)state;
    watches_clear(&watches);
    add("inotify wd:1 ino:7 sdev:2d mask:2 ignored_mask:0 \n", 0x2d);
    add("inotify wd:1 ino:5 sdev:2d mask:4 ignored_mask:0 \n", 0x2d);
    add("inotify wd:9 ino:7 sdev:2d mask:100 ignored_mask:0 \n", 0x2d);
    watches_sort(&watches);
    assert_int_equal(watches.count, 2);
    assert_int_equal(watches_mask(&watches, 7), IN_MODIFY | IN_CREATE);
    assert_int_equal(watches_mask(&watches, 5), IN_ATTRIB);
}

static void test_more_than_fit_means_that_all_are_watched(void **state) {
    char line[96];

    (void)state;
    watches_clear(&watches);
    for (uint32_t i = 0; i <= WATCHES_MAX; i++) {
        snprintf(line, sizeof line, "inotify wd:1 ino:%x sdev:2d mask:2 ignored_mask:0 \n", i + 1);
        add(line, 0x2d);
    }
    watches_sort(&watches);
    assert_true(watches.overflowed);
    assert_int_equal(watches.count, WATCHES_MAX);
    assert_int_equal(watches_mask(&watches, UINT64_MAX), IN_ALL_EVENTS);
    watches_clear(&watches);
    assert_int_equal(watches_mask(&watches, 1), 0);
}

static void test_a_device_is_numbered_as_the_kernel_numbers_it(void **state) {
    (void)state;
    assert_int_equal(watches_device(0x2d), 0x2d);        /* 0:45, as every NFS mount has */
    assert_int_equal(watches_device(0xfe03), 0xfe00003); /* 254:3 */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_masks_are_found_by_inode),
        cmocka_unit_test(test_other_devices_and_other_lines_are_passed_over),
        cmocka_unit_test(test_two_watches_of_one_inode_are_one_with_both_masks),
        cmocka_unit_test(test_more_than_fit_means_that_all_are_watched),
        cmocka_unit_test(test_a_device_is_numbered_as_the_kernel_numbers_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
