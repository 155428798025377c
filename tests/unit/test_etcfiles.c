/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../../packer/exports/etcfiles.h"

static const char passwd[] = "##\n# User Database\nnobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false\n"
                             "root:*:0:0::/:\nbad:*:x:0::/:\nshort:*:1\n#me:*:1:1::/:\nme:*:501:20:Me:/Users/me:\n"
                             "me:*:502:20::/:\nlast:*:4294967295:12::/:";

static void users_are_found_by_name_and_by_number(void **state) {
    static const struct {
        const char *name;
        int32_t uid;
        bool is_there;
        int32_t found;
        int32_t gid;
    } cases[] = {
        {"me", 0, true, 501, 20},  {NULL, 501, true, 501, 20}, {NULL, 502, true, 502, 20}, {"nobody", 0, true, -2, -2},
        {NULL, -2, true, -2, -2},  {NULL, 0, true, 0, 0},      {"ME", 0, false, 0, 0},     {"", 0, false, 0, 0},
        {"bad", 0, false, 0, 0},   {"short", 0, false, 0, 0},  {"#me", 0, false, 0, 0},    {"m", 0, false, 0, 0},
        {"last", 0, true, -1, 12}, {NULL, 503, false, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exports_cred cred = {0};
        struct text found;

        assert_int_equal(etcfiles_user(text_of(passwd), cases[i].name, cases[i].uid, &cred, &found), cases[i].is_there);
        assert_int_equal(cred.uid, cases[i].found);
        assert_int_equal(cred.groups[0], cases[i].gid);
    }
}

static void groups_have_members(void **state) {
    static const char group[] =
        "# g\nwheel:*:0:root,me\nstaff:*:20:root\nadmin:*:80:you,me\nagain:*:80:me\nx:*:9:mee\n";
    struct exports_cred cred = {501, {20}, 1};
    int32_t gid = 7;

    (void)state;
    assert_true(etcfiles_group(text_of(group), "admin", &gid));
    assert_int_equal(gid, 80);
    assert_false(etcfiles_group(text_of(group), "adm", &gid));
    assert_false(etcfiles_group(text_of(group), "# g", &gid));
    etcfiles_memberships(text_of(group), text_of("me"), &cred);
    assert_int_equal(cred.group_count, 3);
    assert_int_equal(cred.groups[0], 20);
    assert_int_equal(cred.groups[1], 0);
    assert_int_equal(cred.groups[2], 80);
}

static void a_host_has_all_its_lines(void **state) {
    static const char hosts[] = "# 127.0.0.9 localhost\n::1 localhost\n127.0.0.1\tmy-mac LocalHost # mac\r\n"
                                "127.0.0.1 localhost\nhost 10.0.0.1\n10.0.0.2\n10.0.0.3 a#b";
    struct exports_address out[4];

    (void)state;
    assert_int_equal(etcfiles_host(text_of(hosts), "localhost", out, 4), 2);
    assert_int_equal(out[0].family, 6);
    assert_int_equal(out[1].family, 4);
    assert_int_equal(out[1].bytes[3], 1);
    assert_int_equal(etcfiles_host(text_of(hosts), "localhost", out, 1), 1);
    assert_int_equal(etcfiles_host(text_of(hosts), "mac", out, 4), 0);
    assert_int_equal(etcfiles_host(text_of(hosts), "10.0.0.1", out, 4), 0);
    assert_int_equal(etcfiles_host(text_of(hosts), "a", out, 4), 1);
    assert_int_equal(etcfiles_host(text_of(hosts), "b", out, 4), 0);
    assert_int_equal(etcfiles_host(text_of(""), "a", out, 4), 0);
}

static void networks_have_aliases(void **state) {
    static const char networks[] = "# n\nloopback 127 loopback-net\nlink-local 169.254\nbad x\n";
    uint32_t number = 0;

    (void)state;
    assert_true(etcfiles_network(text_of(networks), "loopback-net", &number));
    assert_int_equal(number, 127);
    assert_true(etcfiles_network(text_of(networks), "link-local", &number));
    assert_int_equal(number, 0xa9fe);
    assert_false(etcfiles_network(text_of(networks), "bad", &number));
    assert_false(etcfiles_network(text_of(networks), "127", &number));
}

static void netgroups_have_hosts_and_netgroups(void **state) {
    static const char netgroup[] = "friends (hosta,,) ( hostb , u, d) others\nothers (c,,)\nnone\n";
    char host[16];

    (void)state;
    assert_true(etcfiles_netgroup(text_of(netgroup), "friends", 0, host, sizeof(host)));
    assert_string_equal(host, "hosta");
    assert_true(etcfiles_netgroup(text_of(netgroup), "friends", 1, host, sizeof(host)));
    assert_string_equal(host, "hostb");
    assert_true(etcfiles_netgroup(text_of(netgroup), "friends", 2, host, sizeof(host)));
    assert_string_equal(host, "others");
    assert_false(etcfiles_netgroup(text_of(netgroup), "friends", 3, host, sizeof(host)));
    assert_false(etcfiles_netgroup(text_of(netgroup), "none", 0, host, sizeof(host)));
    assert_false(etcfiles_netgroup(text_of(netgroup), "friend", 0, host, sizeof(host)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_are_found_by_name_and_by_number),
        cmocka_unit_test(groups_have_members),
        cmocka_unit_test(a_host_has_all_its_lines),
        cmocka_unit_test(networks_have_aliases),
        cmocka_unit_test(netgroups_have_hosts_and_netgroups),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
