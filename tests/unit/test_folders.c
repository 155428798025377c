/* SPDX-License-Identifier: MIT */
/* The list of folders that containers bind: each once, the outermost of those that lie inside each other. */
#include "../../agent/containers/folders.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct containers_folders folders;

static int set_up(void **state) {
    (void)state;
    memset(&folders, 0, sizeof folders);
    return 0;
}

static void add(const char *folder) {
    containers_folders_add(&folders, text_of(folder));
}

/* `wanted` has a NUL after each folder; the literal's own is one too many. */
#define HOLDS(wanted)                                                                                                  \
    do {                                                                                                               \
        assert_int_equal(folders.used, sizeof(wanted) - 1);                                                            \
        assert_memory_equal(folders.bytes, wanted, sizeof(wanted) - 1);                                                \
    } while (0)

static void test_each_is_there_once_in_its_order(void **state) {
    (void)state;
    add("me/b");
    add("me/a");
    add("me/b");
    HOLDS("me/b\0me/a\0");
}

static void test_what_lies_in_another_is_left_out_whichever_comes_first(void **state) {
    (void)state;
    add("me/a/x");
    add("me/ab");
    add("me/a/y/z");
    add("me/a");
    add("me/a/later");
    HOLDS("me/ab\0me/a\0");
}

static void test_no_folder_is_an_empty_name(void **state) {
    (void)state;
    add("");
    HOLDS("\0");
}

static void test_what_does_not_fit_is_left_out(void **state) {
    static char name[CONTAINERS_FOLDERS_BYTES];
    (void)state;
    memset(name, 'n', sizeof name - 1);
    add("first");
    add(name); /* as long as the whole packet */
    HOLDS("first\0");
    name[CONTAINERS_FOLDERS_BYTES - sizeof "first" - 1] = '\0';
    add(name);
    assert_int_equal(folders.used, CONTAINERS_FOLDERS_BYTES);
    add("last");
    assert_int_equal(folders.used, CONTAINERS_FOLDERS_BYTES);
}

static void test_a_folder_holds_itself_and_what_lies_in_it(void **state) {
    (void)state;
    assert_false(containers_folders_hold(&folders, text_of("/src")));
    add("/other");
    add("/src");
    assert_true(containers_folders_hold(&folders, text_of("/src")));
    assert_true(containers_folders_hold(&folders, text_of("/src/a/b")));
    assert_false(containers_folders_hold(&folders, text_of("/src2")));
    assert_false(containers_folders_hold(&folders, text_of("/")));
    assert_false(containers_folders_hold(&folders, text_of("socket:[1]")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_each_is_there_once_in_its_order, set_up),
        cmocka_unit_test_setup(test_what_lies_in_another_is_left_out_whichever_comes_first, set_up),
        cmocka_unit_test_setup(test_no_folder_is_an_empty_name, set_up),
        cmocka_unit_test_setup(test_what_does_not_fit_is_left_out, set_up),
        cmocka_unit_test_setup(test_a_folder_holds_itself_and_what_lies_in_it, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
