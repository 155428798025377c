/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../packer/doctor/macfiles.h"

static bool plist(const char *text, char *out, size_t size) {
    return macfiles_plist(text, strlen(text), "Key", out, size);
}

static void a_property_list_gives_its_string(void **state) {
    char out[8];

    (void)state;
    assert_true(plist("<key>Other</key><string>x</string><key>Key</key>\n\t<string>1.2</string>", out, sizeof(out)));
    assert_string_equal(out, "1.2");
    assert_true(plist("<key>Key</key><string></string>", out, sizeof(out)));
    assert_string_equal(out, "");
    assert_false(plist("<key>Key</key><integer>1</integer><string>x</string>", out, sizeof(out)));
    assert_false(plist("<key>Key</key><string>12345678</string>", out, sizeof(out)));
    assert_false(plist("<key>Key</key><string>1.2", out, sizeof(out)));
    assert_false(plist("<key>Key", out, sizeof(out)));
    assert_false(plist("bplist00Key", out, sizeof(out)));
    assert_false(plist("", out, sizeof(out)));
}

static void a_version_is_two_numbers(void **state) {
    struct macfiles_version version;

    (void)state;
    assert_true(macfiles_version("17.09.1-ce-mac42", &version));
    assert_int_equal(version.major, 17);
    assert_int_equal(version.minor, 9);
    assert_true(macfiles_version("11", &version));
    assert_int_equal(version.major, 11);
    assert_int_equal(version.minor, 0);
    assert_true(macfiles_version("99999999999999999999.1", &version));
    assert_false(macfiles_version("beta", &version));
    assert_false(macfiles_version("", &version));
}

static enum macfiles_shares mounts(const char *text) {
    return macfiles_mounts(text, strlen(text), "/Users");
}

static void the_database_lists_folders_line_by_line(void **state) {
    (void)state;
    assert_int_equal(mounts("/Users:/Users\n"), MACFILES_SHARED);
    assert_int_equal(mounts("/tmp:/tmp\n/Users:/Users"), MACFILES_SHARED);
    assert_int_equal(mounts("/Users"), MACFILES_SHARED);
    assert_int_equal(mounts("/Users:/Users:ro\r\n"), MACFILES_SHARED);
    assert_int_equal(mounts("/Users/me:/Users/me"), MACFILES_SHARED);
    assert_int_equal(mounts("/:/"), MACFILES_SHARED);
    assert_int_equal(mounts("/Users:/mac\n/Usersx:/Usersx\n\n:\n"), MACFILES_NOT_SHARED);
    assert_int_equal(mounts(""), MACFILES_NOT_SHARED);
}

static void the_settings_are_read_as_json(void **state) {
    static const struct {
        const char *text;
        enum macfiles_shares answer;
    } cases[] = {
        {"{\"filesharingDirectories\":[\"/Users\"]}", MACFILES_SHARED},
        {"{\"FilesharingDirectories\" : [ \"\\/tmp\" , \"\\/Users\" ] }", MACFILES_SHARED},
        {"{\"filesharingDirectories\":[\"\\u002fUsers\"]}", MACFILES_SHARED},
        {"{\"filesharingDirectories\":[\"/\\u00dcsers\",\"/\\u20ac\"]}", MACFILES_NOT_SHARED},
        {"{\"filesharingDirectories\":[]}", MACFILES_NOT_SHARED},
        {"{\"a\":{\"filesharingDirectories\":[\"/Users\"]}}", MACFILES_NOT_SAID},
        {"{\"a\":[1,-2.5e3,true,null,\"]\",{\"b\":[]}],\"filesharingDirectories\":[\"/Users\"]}", MACFILES_SHARED},
        {"{}", MACFILES_NOT_SAID},
        {"", MACFILES_UNKNOWN},
        {"[]", MACFILES_UNKNOWN},
        {"{\"a\":}", MACFILES_UNKNOWN},
        {"{\"a\":[1}", MACFILES_UNKNOWN},
        {"{\"a\" 1}", MACFILES_UNKNOWN},
        {"{\"filesharingDirectories\":\"/Users\"}", MACFILES_UNKNOWN},
        {"{\"filesharingDirectories\":[\"/Users\",", MACFILES_UNKNOWN},
        {"{\"filesharingDirectories\":[\"\\x\"]}", MACFILES_UNKNOWN},
        {"{\"filesharingDirectories\":[\"\\u12\"]}", MACFILES_UNKNOWN},
        {"{\"a\":\"\\", MACFILES_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(macfiles_settings(cases[i].text, strlen(cases[i].text), "/Users"), cases[i].answer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_property_list_gives_its_string),
        cmocka_unit_test(a_version_is_two_numbers),
        cmocka_unit_test(the_database_lists_folders_line_by_line),
        cmocka_unit_test(the_settings_are_read_as_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
