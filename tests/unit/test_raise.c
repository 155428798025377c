/* SPDX-License-Identifier: MIT */
/* What may be done to wake a watcher: everything by kind of object and by what is watched for. */
#define _GNU_SOURCE /* S_IFREG and its brothers */
#include "../../agent/events/raise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sys/inotify.h>

static void expect(mode_t mode, uint32_t mask, bool reads, bool writes, bool chowns) {
    struct raise raise = raise_choose(mode, mask);

    assert_int_equal(raise.reads, reads);
    assert_int_equal(raise.writes, writes);
    assert_int_equal(raise.chowns, chowns);
}

static void test_a_file_gets_what_is_watched_for_and_no_more(void **state) {
    (void)state;
    expect(S_IFREG | 0644, IN_ALL_EVENTS, false, true, true);
    expect(S_IFREG | 0644, IN_CLOSE_WRITE, false, true, false);
    expect(S_IFREG | 0644, IN_OPEN, true, false, false);
    expect(S_IFREG | 0644, IN_CLOSE_NOWRITE | IN_ATTRIB, true, false, true);
    expect(S_IFREG | 0644, IN_ATTRIB, false, false, true);
    expect(S_IFREG | 0644, IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVE, false, false, false);
    expect(S_IFREG | 0644, 0, false, false, false);
}

static void test_what_can_be_executed_is_never_opened_for_writing(void **state) {
    (void)state;
    expect(S_IFREG | 0755, IN_ALL_EVENTS, true, false, true);
    expect(S_IFREG | 0645, IN_ALL_EVENTS, true, false, true);
    expect(S_IFREG | 0654, IN_ALL_EVENTS, true, false, true);
    expect(S_IFREG | 0755, IN_CLOSE_WRITE, false, false, false);
}

static void test_set_id_objects_are_neither_written_nor_chowned(void **state) {
    (void)state;
    expect(S_IFREG | S_ISUID | 0644, IN_ALL_EVENTS, true, false, false);
    expect(S_IFREG | S_ISGID | 0755, IN_ALL_EVENTS, true, false, false);
    expect(S_IFDIR | S_ISGID | 0755, IN_ALL_EVENTS, true, false, false);
}

static void test_a_folder_is_read_and_chowned(void **state) {
    (void)state;
    expect(S_IFDIR | 0755, IN_ALL_EVENTS, true, false, true);
    expect(S_IFDIR | 01777, IN_ATTRIB, false, false, true);
}

static void test_links_and_special_files_are_left_alone(void **state) {
    static const mode_t kinds[] = {S_IFLNK | 0777, S_IFIFO | 0644, S_IFSOCK | 0755, S_IFCHR | 0666, S_IFBLK | 0660, 0};

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        expect(kinds[i], IN_ALL_EVENTS, false, false, false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_gets_what_is_watched_for_and_no_more),
        cmocka_unit_test(test_what_can_be_executed_is_never_opened_for_writing),
        cmocka_unit_test(test_set_id_objects_are_neither_written_nor_chowned),
        cmocka_unit_test(test_a_folder_is_read_and_chowned),
        cmocka_unit_test(test_links_and_special_files_are_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
