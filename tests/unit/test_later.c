/* SPDX-License-Identifier: MIT */
/* Notes that wait: in which order they come, and that none is lost. */
#include "../../agent/events/later.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct later_room room;
static struct later later;
static struct note note;

static int set_up(void **state) {
    (void)state;
    memset(&room, 0, sizeof room);
    later = (struct later){.room = &room};
    return 0;
}

static bool put(const char *path, uint64_t inode) {
    memset(&note, 'x', sizeof note); /* what an earlier note left behind */
    note.inode = inode;
    strcpy(note.path, path);
    return later_put(&later, &note);
}

static void takes(const char *path, uint64_t inode) {
    memset(&note, 'y', sizeof note);
    assert_true(later_take(&later, &note));
    assert_string_equal(note.path, path);
    assert_int_equal(note.inode, inode);
}

static void test_the_first_of_each_folder_comes_before_the_others(void **state) {
    (void)state;
    assert_true(later_is_empty(&later));
    assert_true(put("a/1", 1) && put("a/2", 2) && put("a/3", 3) && put("b/1", 4) && put("b/2", 5) && put("top", 6));
    takes("a/1", 1);
    takes("b/1", 4);
    assert_true(put("c/1", 7) && put("a/4", 8)); /* while it is being emptied */
    takes("top", 6);
    takes("c/1", 7);
    takes("a/4", 8); /* another edit, which waits for none of the earlier ones */
    takes("a/2", 2);
    assert_true(put("d/1", 9) && put("d/2", 10) && put("b/3", 11));
    assert_true(later_take_first(&later, &note) && note.inode == 9);
    assert_true(put("d/3", 12)); /* of the same edit */
    assert_true(later_take_first(&later, &note) && note.inode == 11);
    assert_false(later_take_first(&later, &note));
    takes("a/3", 3);
    takes("b/2", 5);
    takes("d/2", 10);
    takes("d/3", 12);
    assert_false(later_is_empty(&later));
    assert_false(later_take(&later, &note));
    assert_true(later_is_empty(&later));
}

static void test_a_folder_is_new_again_when_all_were_taken(void **state) {
    (void)state;
    for (int round = 0; round < 2; round++) {
        assert_true(put("a/1", 1) && put("a/2", 2) && put("b/1", 3));
        takes("a/1", 1);
        takes("b/1", 3);
        takes("a/2", 2);
        assert_false(later_take(&later, &note));
    }
}

static void test_more_folders_than_there_is_room_for_lose_no_note(void **state) {
    const unsigned count = LATER_FOLDERS + 1000;
    static bool seen[LATER_FOLDERS + 1000];
    char path[32];

    (void)state;
    for (unsigned i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%u/it", i);
        assert_true(put(path, i));
    }
    for (unsigned i = 0; i < count; i++) {
        assert_true(later_take(&later, &note));
        assert_true(note.inode < count && !seen[note.inode]);
        seen[note.inode] = true;
    }
    assert_false(later_take(&later, &note));
}

static void test_what_has_no_room_is_refused_and_what_has_stays_whole(void **state) {
    char path[STREAM_PATH_BYTES + 1];
    unsigned count = 0;

    (void)state;
    memset(path, 'p', STREAM_PATH_BYTES);
    path[STREAM_PATH_BYTES] = '\0';
    while (put(path, count))
        count++;
    assert_in_range(count, LATER_BYTES / (sizeof note + 8), LATER_BYTES / STREAM_PATH_BYTES);
    assert_true(put("a/1", count)); /* a short one still has */
    takes(path, 0);
    takes("a/1", count);
    for (unsigned i = 1; i < count; i++)
        takes(path, i);
    assert_false(later_take(&later, &note));
    assert_true(put(path, 1));
}

/* Half of the room waits at any time, and many times the room passes through it. */
static void test_the_room_of_taken_notes_is_used_again(void **state) {
    enum { WAITING = 10000, ALL = 10 * WAITING };
    static bool seen[ALL];
    char path[32];

    (void)state;
    for (unsigned count = 0; count < ALL + WAITING; count++) {
        snprintf(path, sizeof path, "same/%u", count);
        if (count < ALL)
            assert_true(put(path, count));
        if (count < WAITING)
            continue;
        assert_true(later_take(&later, &note) && note.inode < ALL && !seen[note.inode]);
        seen[note.inode] = true;
    }
    assert_false(later_take(&later, &note));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_first_of_each_folder_comes_before_the_others, set_up),
        cmocka_unit_test_setup(test_a_folder_is_new_again_when_all_were_taken, set_up),
        cmocka_unit_test_setup(test_more_folders_than_there_is_room_for_lose_no_note, set_up),
        cmocka_unit_test_setup(test_the_room_of_taken_notes_is_used_again, set_up),
        cmocka_unit_test_setup(test_what_has_no_room_is_refused_and_what_has_stays_whole, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
