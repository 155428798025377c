/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../packer/exports_judge.h"

static struct exports_mac file;
static struct exports_view view;

static void judge(const char *text, bool is_split) {
    exports_view_free(&view);
    exports_mac_free(&file);
    assert_int_equal(exports_mac_read(&file, text, strlen(text)), 0);
    assert_int_equal(exports_judge(&view, &file, is_split), 0);
}

static int tear_down(void **state) {
    (void)state;
    exports_view_free(&view);
    exports_mac_free(&file);
    return 0;
}

static void who_serves_a_path(void **state) {
    static const struct {
        const char *text;
        const char *path;
        enum exports_answer answer;
        size_t entry;
        bool is_everyone;
    } cases[] = {
        {"/Users localhost", "/Users", EXPORTS_SERVED, 0, false},
        {"/Users", "/Users", EXPORTS_SERVED, 0, true},
        {"/Users\n/Users -ro localhost", "/Users", EXPORTS_SERVED, 1, false},
        {"/Users 10.0.0.1\n/Users", "/Users", EXPORTS_SERVED, 1, true},
        {"/Users 10.0.0.1", "/Users", EXPORTS_OTHER_HOSTS, 0, false},
        {"/Users localhost", "/Users/me", EXPORTS_NOT_ALLDIRS, 0, false},
        {"/Users -alldirs localhost", "/Users/me", EXPORTS_SERVED, 0, false},
        {"/Users /Users/me localhost", "/Users/me", EXPORTS_SERVED, 0, false},
        {"/Users /Users/me localhost", "/Users/me/src", EXPORTS_NOT_ALLDIRS, 0, false},
        {"/Users -alldirs 10.0.0.1", "/Users/me", EXPORTS_OTHER_HOSTS, 0, false},
        {"/Users 10.0.0.1", "/Users/me", EXPORTS_MISSING, 0, false},
        {"/Users/me localhost", "/Users", EXPORTS_MISSING, 0, false},
        {"/Users2 localhost", "/Users", EXPORTS_MISSING, 0, false},
        {"/Users -network 127.0.0.1 -mask 255.255.255.255", "/Users", EXPORTS_SERVED, 0, false},
        {"/Users -network 128.0.0.0 -mask 128.0.0.0", "/Users", EXPORTS_OTHER_HOSTS, 0, false},
        {"/Users h -ro /x\n/Users localhost", "/Users", EXPORTS_SERVED, 1, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exports_service service;

        judge(cases[i].text, false);
        service = exports_serve(&view, cases[i].path);
        assert_int_equal(service.answer, cases[i].answer);
        if (service.answer != EXPORTS_MISSING)
            assert_int_equal(service.entry, cases[i].entry);
        assert_int_equal(service.answer == EXPORTS_SERVED && service.is_everyone, cases[i].is_everyone);
    }
}

static void a_rejected_line_serves_nobody(void **state) {
    (void)state;
    judge("/Users/me 10.0.0.1\n/Users localhost\n", false);
    assert_int_equal(view.conflict_count, 1);
    assert_int_equal(view.conflicts[0].entry, 1);
    assert_int_equal(view.conflicts[0].other, 0);
    assert_string_equal(view.conflicts[0].dir, "/Users");
    assert_string_equal(view.conflicts[0].other_dir, "/Users/me");
    assert_int_equal(exports_serve(&view, "/Users").answer, EXPORTS_MISSING);
}

static void what_conflicts_and_what_does_not(void **state) {
    static const struct {
        const char *text;
        size_t count;
        enum exports_clash clash;
    } cases[] = {
        {"/a h\n/a/b h", 1, EXPORTS_NESTED},
        {"/a/b h\n/a i", 1, EXPORTS_NESTED},
        {"/a /a/b h\n/a/b/c h", 1, EXPORTS_NESTED},
        {"/a /a/b h", 0, EXPORTS_NESTED},
        {"/a h\n/ab h", 0, EXPORTS_NESTED},
        {"/ h\n/Volumes/disk h", 0, EXPORTS_NESTED},
        {"/Volumes/a h\n/Volumes/a/b h", 1, EXPORTS_NESTED},
        {"/Volumes/a h\n/Volumes/b h", 0, EXPORTS_NESTED},
        {"/a h\n/a h", 0, EXPORTS_NESTED},
        {"/a h\n/a -ro h", 1, EXPORTS_TWICE},
        {"/a h\n/a -ro H", 1, EXPORTS_TWICE},
        {"/a h\n/a -ro i", 0, EXPORTS_NESTED},
        {"/a localhost\n/a -mapall=1 127.0.0.1", 1, EXPORTS_TWICE},
        {"/a -mapall=1 localhost\n/a -mapall=2 localhost", 1, EXPORTS_TWICE},
        {"/a -sec=sys h\n/a -sec=krb5 h", 1, EXPORTS_TWICE},
        {"/a -ro\n/a", 1, EXPORTS_TWO_DEFAULTS},
        {"/a -ro\n/a h", 0, EXPORTS_NESTED},
        {"/a -network 10.1 -mask 255.0.0.0\n/a -ro -network 10", 1, EXPORTS_TWICE},
        {"/a -network 127\n/a -ro localhost", 0, EXPORTS_NESTED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        judge(cases[i].text, false);
        assert_int_equal(view.conflict_count, cases[i].count);
        if (view.conflict_count)
            assert_int_equal(view.conflicts[0].clash, cases[i].clash);
    }
}

static void the_data_volume_is_one_since_macos_10_15(void **state) {
    char physical[64];

    (void)state;
    assert_int_equal(exports_below("/", "/Users", false), 1);
    assert_int_equal(exports_below("/", "/Users", true), -1);
    assert_int_equal(exports_below("/System/Volumes/Data", "/Users", true), 1);
    assert_int_equal(exports_below("/System/Volumes/Data", "/Users", false), -1);
    assert_int_equal(exports_below("/System/Volumes/Data/Users", "/Users", true), 0);
    assert_int_equal(exports_below("/System/Volumes/Data", "/System/Library", true), -1);
    assert_int_equal(exports_below("/Users", "/System/Volumes/Data/Users/me", true), 1);
    assert_int_equal(exports_below("/Volumes/a", "/System/Volumes/Data/Volumes/a/b", true), 1);
    assert_true(exports_physical("/Users/me", physical, sizeof(physical)));
    assert_string_equal(physical, "/System/Volumes/Data/Users/me");
    assert_true(exports_physical("/Volumes/disk", physical, sizeof(physical)));
    assert_string_equal(physical, "/Volumes/disk");
    assert_true(exports_physical("/Usersx", physical, sizeof(physical)));
    assert_string_equal(physical, "/Usersx");
    assert_false(exports_physical("/Users", physical, 10));
}

static void what_stands_in_the_way_of_a_new_line(void **state) {
    static const struct {
        const char *text;
        bool blocks;
        enum exports_clash clash;
    } cases[] = {
        {"", false, EXPORTS_NESTED},
        {"/Users/me 10.0.0.1", true, EXPORTS_NESTED},
        {"/ 10.0.0.1", true, EXPORTS_NESTED},
        {"/Users 10.0.0.1", false, EXPORTS_NESTED},
        {"/Users", false, EXPORTS_NESTED},
        {"/Users -ro localhost", true, EXPORTS_TWICE},
        {"/opt localhost", false, EXPORTS_NESTED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exports_conflict other;

        judge(cases[i].text, false);
        assert_int_equal(exports_blocks(&view, "/Users", &other), cases[i].blocks);
        if (cases[i].blocks)
            assert_int_equal(other.clash, cases[i].clash);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(who_serves_a_path, tear_down),
        cmocka_unit_test_teardown(a_rejected_line_serves_nobody, tear_down),
        cmocka_unit_test_teardown(what_conflicts_and_what_does_not, tear_down),
        cmocka_unit_test(the_data_volume_is_one_since_macos_10_15),
        cmocka_unit_test_teardown(what_stands_in_the_way_of_a_new_line, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
