/* SPDX-License-Identifier: MIT */
/* What the reader hands to the actor, and what the actor does not believe. */
#include "../../agent/events/note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct note note;

static bool read_path(const char *bytes, size_t len) {
    memset(&note, 0, sizeof note);
    memcpy(note.path, bytes, len);
    note.path[len] = 'x'; /* what an earlier packet left behind */
    return note_read(&note, NOTE_HEAD_BYTES + len);
}

static void test_a_record_arrives_as_it_was_sent(void **state) {
    const struct stream_record record = {
        .flags = STREAM_IS_FOLDER,
        .mode = 040755,
        .inode = 11,
        .folder_inode = 12,
        .size_bytes = 13,
        .mtime_ns = -14,
        .path = text_of("me/a b/\xc3\xa9"),
    };

    (void)state;
    note_write(&note, &record, 99);
    assert_true(note_read(&note, note_bytes(&note)));
    assert_int_equal(note.came_us, 99);
    assert_int_equal(note.inode, 11);
    assert_int_equal(note.folder_inode, 12);
    assert_int_equal(note.size_bytes, 13);
    assert_int_equal(note.mtime_ns, -14);
    assert_int_equal(note.flags, STREAM_IS_FOLDER);
    assert_int_equal(note.mode, 040755);
    assert_string_equal(note.path, "me/a b/\xc3\xa9");
}

static void test_the_empty_path_is_the_mount(void **state) {
    (void)state;
    assert_true(read_path("", 0));
    assert_string_equal(note.path, "");
}

static void test_a_path_ends_where_its_packet_does(void **state) {
    (void)state;
    assert_true(read_path("a/b", 3));
    assert_string_equal(note.path, "a/b");
}

static void test_paths_that_lead_elsewhere_are_refused(void **state) {
    static const char *const bad[] = {"/", "/etc", "..", "a/..", "../a", "a/../b", ".", "a/.", "a//b", "a/"};
    char part[257];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(read_path(bad[i], strlen(bad[i])));
    assert_false(read_path("a\0b", 3));
    memset(part, 'n', sizeof part);
    assert_true(read_path(part, 255));
    assert_false(read_path(part, 256));
}

static void test_packets_of_another_size_or_with_other_flags_are_refused(void **state) {
    (void)state;
    memset(&note, 0, sizeof note);
    assert_false(note_read(&note, 0));
    assert_false(note_read(&note, NOTE_HEAD_BYTES - 1));
    assert_false(note_read(&note, sizeof note));
    assert_true(note_read(&note, NOTE_HEAD_BYTES));
    note.flags = STREAM_FLAGS + 1;
    assert_false(note_read(&note, NOTE_HEAD_BYTES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_record_arrives_as_it_was_sent),
        cmocka_unit_test(test_the_empty_path_is_the_mount),
        cmocka_unit_test(test_a_path_ends_where_its_packet_does),
        cmocka_unit_test(test_paths_that_lead_elsewhere_are_refused),
        cmocka_unit_test(test_packets_of_another_size_or_with_other_flags_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
