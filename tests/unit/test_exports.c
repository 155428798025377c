/* SPDX-License-Identifier: MIT */
/* exports: the path that is wanted, among those that a stranger lists. */
#include "../../agent/engine/exports.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct evidence evidence;

static void list(const char *wanted, const char *const *entries) {
    memset(&evidence, 0, sizeof evidence);
    for (; *entries; entries++)
        exports_add(&evidence, wanted, *entries);
    assert_true(evidence_check(&evidence));
}

static void one_entry_is_the_path_or_near_it_or_neither(void **state) {
    static const struct {
        const char *wanted, *entry;
        bool listed;
        enum near_miss near;
    } cases[] = {
        {"/Users", "/Users", true, NEAR_NONE},
        {"/Users", "/Users/", true, NEAR_NONE},
        {"/Users/", "/Users", true, NEAR_NONE},
        {"/", "/", true, NEAR_NONE},
        {"/Users", "/users", false, NEAR_CASE},
        {"/Users", "/USERS/", false, NEAR_CASE},
        {"/Users/me", "/Users", false, NEAR_PARENT},
        {"/Users", "/", false, NEAR_PARENT},
        {"/Users", "/Users/me", false, NEAR_CHILD},
        {"/Users", "/System/Volumes/Data/Users", false, NEAR_SYSTEM_VOLUME},
        {"/System/Volumes/Data/Users", "/Users", false, NEAR_SYSTEM_VOLUME},
        {"/Users", "/System/Volumes/Data", false, NEAR_SYSTEM_PARENT},
        {"/Users/me", "/System/Volumes/Data/Users", false, NEAR_SYSTEM_PARENT},
        {"/Users/me", "/System/Volumes/Data/Users2", false, NEAR_NONE},
        {"/Users", "/System/Volumes/Data/Users/me", false, NEAR_NONE},
        {"/Users", "/System/Volumes/Data2", false, NEAR_NONE},
        {"/Users", "/System/Volumes/DataUsers", false, NEAR_NONE},
        {"/Users", "/System", false, NEAR_NONE},
        {"/Users", "/Users2", false, NEAR_NONE},
        {"/Users2", "/Users", false, NEAR_NONE},
        {"/Users", "/Volumes", false, NEAR_NONE},
        {"/Users", "", false, NEAR_NONE},
        {"/Users", "Users", false, NEAR_NONE},
        {"/Users", "users", false, NEAR_NONE},
        {"/Users", "(everyone)", false, NEAR_NONE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *const entries[] = {cases[i].entry, NULL};
        list(cases[i].wanted, entries);
        assert_int_equal(evidence.listed, cases[i].listed);
        assert_int_equal(evidence.near, cases[i].near);
        assert_int_equal(evidence.export_count, 1);
    }
}

static void the_best_candidate_is_kept_in_any_order(void **state) {
    static const char *const worst_first[] = {
        "/Users/me", "/", "/System/Volumes/Data", "/users", "/System/Volumes/Data/Users", NULL};
    static const char *const best_first[] = {
        "/System/Volumes/Data/Users", "/users", "/System/Volumes/Data", "/", "/Users/me", NULL};

    (void)state;
    list("/Users", worst_first);
    assert_int_equal(evidence.near, NEAR_SYSTEM_VOLUME);
    assert_string_equal(evidence.near_path, "/System/Volumes/Data/Users");
    list("/Users", best_first);
    assert_string_equal(evidence.near_path, "/System/Volumes/Data/Users");
}

static void the_list_is_shown_from_its_start(void **state) {
    static const char *const entries[] = {"/a/", "/b", NULL};

    (void)state;
    list("/Users", entries);
    assert_string_equal(evidence.exports, "/a, /b");
}

static void a_long_list_is_cut_at_a_whole_name_and_says_so_once(void **state) {
    char name[32];

    (void)state;
    for (unsigned width = 1; width < 30; width++) {
        memset(&evidence, 0, sizeof evidence);
        for (unsigned i = 0; i < 300; i++) {
            snprintf(name, sizeof name, "/%0*u", (int)width, i % 10);
            exports_add(&evidence, "/Users", name);
        }
        size_t len = strlen(evidence.exports);
        assert_true(len < sizeof evidence.exports && len > 200);
        assert_string_equal(evidence.exports + len - 5, ", ...");
        assert_ptr_equal(strstr(evidence.exports, "..."), evidence.exports + len - 3);
        assert_int_equal(evidence.export_count, 300);
    }
}

static void a_name_that_is_too_long_to_show_is_still_found(void **state) {
    char wanted[600], entry[600];
    const char *const entries[] = {entry, NULL};

    (void)state;
    memset(wanted, 'a', sizeof wanted);
    wanted[0] = '/';
    wanted[599] = '\0';
    memcpy(entry, wanted, sizeof entry);
    list(wanted, entries);
    assert_true(evidence.listed);
    assert_string_equal(evidence.exports, "...");
    entry[5] = 'A'; /* near, but there is no room to say which: then it is not called near */
    list(wanted, entries);
    assert_int_equal(evidence.near, NEAR_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_entry_is_the_path_or_near_it_or_neither),
        cmocka_unit_test(the_best_candidate_is_kept_in_any_order),
        cmocka_unit_test(the_list_is_shown_from_its_start),
        cmocka_unit_test(a_long_list_is_cut_at_a_whole_name_and_says_so_once),
        cmocka_unit_test(a_name_that_is_too_long_to_show_is_still_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
