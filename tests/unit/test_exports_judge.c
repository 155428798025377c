/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../packer/exports/judge.h"
#include "exports_world.h"

static struct exports_mac file;
static struct exports_view view;

static void judge(const char *text, bool is_split) {
    exports_view_free(&view);
    exports_mac_free(&file);
    assert_int_equal(exports_mac_read(&file, text, strlen(text), world_of(is_split)), 0);
    assert_int_equal(exports_judge(&view, &file, world_of(is_split)), 0);
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
        {"/Users -network 127 -mask 255.0.0.0", "/Users", EXPORTS_SERVED, 0, false},
        {"/Users -network loopback", "/Users", EXPORTS_SERVED, 0, false},
        {"/Users -network 127.0.0.1 -mask 255.0.0.0", "/Users", EXPORTS_OTHER_HOSTS, 0, false},
        {"/Users -network 127.0.0.1", "/Users", EXPORTS_OTHER_HOSTS, 0, false},
        {"/Users -network 0.0.0.0 -mask 0.0.0.0", "/Users", EXPORTS_OTHER_HOSTS, 0, false},
        {"/Users 127.0.0.2", "/Users", EXPORTS_OTHER_HOSTS, 0, false},
        {"/Users 127", "/Users", EXPORTS_OTHER_HOSTS, 0, false},
        {"/Users localhost ::1", "/Users", EXPORTS_OTHER_HOSTS, 0, false},
        {"/Users ::1\n/Users localhost", "/Users", EXPORTS_OTHER_HOSTS, 0, false},
        {"/Users localhost\n/Users ::1", "/Users", EXPORTS_SERVED, 0, false},
        {"/Users ::1 127.0.0.1 localhost", "/Users", EXPORTS_SERVED, 0, false},
        {"/Users localhost nosuchhost", "/Users", EXPORTS_SERVED, 0, false},
        {"/Users -network 127 nosuchhost", "/Users", EXPORTS_SERVED, 0, false},
        {"/Users friends", "/Users", EXPORTS_OTHER_HOSTS, 0, false},
        {"/Users -network 128.0.0.0", "/Users", EXPORTS_OTHER_HOSTS, 0, false},
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
    assert_int_equal(view.table.verdicts[0].fault, EXPORTS_FINE);
    assert_int_equal(view.table.verdicts[1].fault, EXPORTS_NESTED);
    assert_int_equal(view.table.verdicts[1].other, 0);
    assert_string_equal(view.table.verdicts[1].word, "/Users");
    assert_string_equal(view.table.verdicts[1].other_dir, "/Users/me");
    assert_int_equal(exports_serve(&view, "/Users").answer, EXPORTS_MISSING);
}

static void what_nfsd_leaves_out_and_what_not(void **state) {
    static const struct {
        const char *text;
        enum exports_fault fault; /* of the last line */
        enum exports_fault offline;
    } cases[] = {
        {"/a h\n/a/b h", EXPORTS_NESTED, EXPORTS_FINE},
        {"/a/b h\n/a i", EXPORTS_NESTED, EXPORTS_FINE},
        {"/a /a/b h\n/a/b/c h", EXPORTS_NESTED, EXPORTS_FINE},
        {"/a /a-b /a/b h", EXPORTS_FINE, EXPORTS_FINE},
        {"/a-b /a/b /a h", EXPORTS_NESTED, EXPORTS_FINE}, /* as nfsd sorts them */
        {"/a /a/b h", EXPORTS_FINE, EXPORTS_FINE},
        {"/a h\n/ab h", EXPORTS_FINE, EXPORTS_FINE},
        {"/ h\n/Volumes/disk h", EXPORTS_FINE, EXPORTS_FINE},
        {"/Volumes/a h\n/Volumes/a/b h", EXPORTS_NESTED, EXPORTS_FINE},
        {"/Volumes/a h\n/Volumes/b h", EXPORTS_FINE, EXPORTS_FINE},
        {"/a h\n/a h", EXPORTS_FINE, EXPORTS_FINE},
        {"/a h\n/a -ro h", EXPORTS_TWICE, EXPORTS_FINE},
        {"/a h\n/a -ro H", EXPORTS_TWICE, EXPORTS_FINE},
        {"/a h\n/a -ro i", EXPORTS_FINE, EXPORTS_FINE},
        {"/a h\n/a -32bitclients h", EXPORTS_TWICE, EXPORTS_FINE},
        {"/a h\n/a -manglednames h", EXPORTS_TWICE, EXPORTS_FINE},
        {"/a localhost\n/a -mapall=1:1 127.0.0.1", EXPORTS_TWICE, EXPORTS_FINE},
        {"/a -mapall=1:1 localhost\n/a -mapall=2:1 localhost", EXPORTS_TWICE, EXPORTS_FINE},
        {"/a -mapall=me localhost\n/a -mapall=501:20 localhost", EXPORTS_FINE, EXPORTS_FINE},
        {"/a -sec=sys h\n/a -sec=krb5 h", EXPORTS_TWICE, EXPORTS_FINE},
        {"/a -ro\n/a", EXPORTS_TWO_DEFAULTS, EXPORTS_FINE},
        {"/a -ro\n/a h", EXPORTS_FINE, EXPORTS_FINE},
        {"/a -network 10.1 -mask 255.0.0.0\n/a -ro -network 10 -mask 255.0.0.0", EXPORTS_TWICE, EXPORTS_FINE},
        {"/a -network 10 -mask 255.0.0.0\n/a -ro -network 10.1 -mask 255.0.0.0", EXPORTS_TWICE, EXPORTS_FINE},
        {"/a -network 10.0.0.1 -mask 255.0.0.0\n/a -ro -network 10 -mask 255.0.0.0", EXPORTS_TWICE, EXPORTS_FINE},
        {"/a -network 10\n/a -ro -network 10", EXPORTS_FINE, EXPORTS_FINE}, /* the second has no mask yet */
        {"/a -network 127\n/a -ro localhost", EXPORTS_FINE, EXPORTS_FINE},
        {"/a friends\n/a -ro h", EXPORTS_TWICE, EXPORTS_FINE},
        {"/a -network 10 h", EXPORTS_NETWORK_AND_HOSTS, EXPORTS_FINE},
        {"/a -network 10 nosuch", EXPORTS_FINE, EXPORTS_FINE},
        {"/a (ro) *", EXPORTS_NO_HOST, EXPORTS_FINE},
        {"/a 1:2", EXPORTS_NO_HOST, EXPORTS_FINE},
        {"/missing h", EXPORTS_NOT_FOLDER, EXPORTS_FINE},
        {"/link h", EXPORTS_LINK, EXPORTS_FINE},
        {"/a /missing h", EXPORTS_NOT_FOLDER, EXPORTS_FINE},
        {"/a /a/missing h", EXPORTS_FINE, EXPORTS_FINE},
        {"/a h\n/missing h", EXPORTS_FINE, EXPORTS_NOT_FOLDER},
        {"/a /Volumes/b h", EXPORTS_OTHER_VOLUME, EXPORTS_FINE},
        {"/a -fspath=/ h", EXPORTS_FINE, EXPORTS_FINE},
        {"/a -fspath=/Volumes/b h", EXPORTS_OTHER_FSPATH, EXPORTS_FINE},
        {"/a -fsuuid=11111111-1111-1111-1111-111111111111 h", EXPORTS_FINE, EXPORTS_FINE},
        {"/a -fsuuid=22222222-2222-2222-2222-222222222222 h", EXPORTS_OTHER_FSUUID, EXPORTS_FINE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        judge(cases[i].text, false);
        assert_int_equal(view.table.verdicts[file.count - 1].fault, cases[i].fault);
        assert_int_equal(view.table.verdicts[file.count - 1].offline, cases[i].offline);
    }
}

static void what_is_missing_takes_the_first_line_of_its_volume_with_it(void **state) {
    (void)state;
    judge("/Users /missing localhost\n", false);
    assert_int_equal(exports_serve(&view, "/Users").answer, EXPORTS_MISSING);
    judge("/opt localhost\n/Users /missing localhost\n", false);
    assert_int_equal(exports_serve(&view, "/Users").answer, EXPORTS_SERVED);
    assert_int_equal(exports_serve(&view, "/opt").answer, EXPORTS_SERVED);
    judge("/Users /Users/missing localhost\n", false);
    assert_int_equal(exports_serve(&view, "/Users").answer, EXPORTS_SERVED);
}

static void the_data_volume_is_one_since_macos_10_15(void **state) {
    char physical[64];

    (void)state;
    assert_true(exports_physical("/Users/me", physical, sizeof(physical)));
    assert_string_equal(physical, "/System/Volumes/Data/Users/me");
    assert_true(exports_physical("/Volumes/disk", physical, sizeof(physical)));
    assert_string_equal(physical, "/System/Volumes/Data/Volumes/disk");
    assert_true(exports_physical("/Usersx", physical, sizeof(physical)));
    assert_string_equal(physical, "/Usersx");
    assert_false(exports_physical("/Users", physical, 10));
}

static void what_stands_in_the_way_of_a_new_line(void **state) {
    static const struct {
        const char *text;
        bool blocks;
        bool is_nested;
    } cases[] = {
        {"", false, false},
        {"/Users/me 10.0.0.1", true, true},
        {"/ 10.0.0.1", true, true},
        {"/Users 10.0.0.1", false, false},
        {"/Users", false, false},
        {"/Users -ro localhost", true, false},
        {"/opt localhost", false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exports_block block;

        judge(cases[i].text, false);
        assert_int_equal(exports_blocks(&view, "/Users", &block), cases[i].blocks);
        if (cases[i].blocks)
            assert_int_equal(block.is_nested, cases[i].is_nested);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(who_serves_a_path, tear_down),
        cmocka_unit_test_teardown(a_rejected_line_serves_nobody, tear_down),
        cmocka_unit_test_teardown(what_nfsd_leaves_out_and_what_not, tear_down),
        cmocka_unit_test_teardown(what_is_missing_takes_the_first_line_of_its_volume_with_it, tear_down),
        cmocka_unit_test(the_data_volume_is_one_since_macos_10_15),
        cmocka_unit_test_teardown(what_stands_in_the_way_of_a_new_line, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
