/* SPDX-License-Identifier: MIT */
/* mountinfo: what lies on a target. */
#include "../../agent/engine/mountinfo.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROOT "1 1 0:2 / / rw - rootfs rootfs rw\n"
#define USERS_OSXFS "40 1 0:36 / /Users rw,nosuid shared:3 master:1 - fuse.osxfs osxfs rw,user_id=0\n"
#define USERS_NFS "41 1 0:40 / /Users rw,noatime - nfs 192.168.65.1:/Users rw,vers=3,addr=192.168.65.1\n"

static struct mountinfo entry;

static bool find(const char *text, const char *target) {
    memset(&entry, 'x', sizeof entry);
    return mountinfo_find(text, strlen(text), target, &entry);
}

static void every_field_of_a_line_is_read(void **state) {
    (void)state;
    assert_true(
        find(ROOT "36 35 98:12 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n", "/mnt2"));
    assert_int_equal(entry.id, 36);
    assert_int_equal(entry.parent_id, 35);
    assert_int_equal(entry.major, 98);
    assert_int_equal(entry.minor, 12);
    assert_string_equal(entry.root, "/mnt1");
    assert_string_equal(entry.point, "/mnt2");
    assert_string_equal(entry.type, "ext3");
    assert_string_equal(entry.source, "/dev/root");
}

static void the_last_mount_on_a_target_is_the_one_that_is_met(void **state) {
    (void)state;
    assert_true(find(ROOT USERS_OSXFS USERS_NFS, "/Users"));
    assert_string_equal(entry.type, "nfs");
    assert_string_equal(entry.source, "192.168.65.1:/Users");
    assert_true(find(ROOT USERS_NFS USERS_OSXFS, "/Users"));
    assert_string_equal(entry.type, "fuse.osxfs");
}

static void only_the_target_itself_counts(void **state) {
    (void)state;
    assert_false(find(ROOT USERS_NFS, "/Use"));
    assert_false(find(ROOT USERS_NFS, "/Users/me"));
    assert_false(find(ROOT USERS_NFS, "/users"));
    assert_false(find("", "/Users"));
    assert_true(find(ROOT USERS_NFS, "/"));
}

static void soft_is_the_file_systems_and_the_rest_is_the_mounts_own(void **state) {
    static const struct {
        const char *own, *super;
        uint32_t flags;
    } cases[] = {
        {"rw,noatime", "rw,vers=3,hard", 0},
        {"rw", "ro,vers=3,hard", 0},
        {"rw", "rw,vers=3,soft,nolock", MOUNTINFO_SOFT},
        {"ro,nosuid,nodev,noexec", "rw,softerr", 15 | MOUNTINFO_SOFT},
        {"rw,soft", "rw", MOUNTINFO_SOFT}, /* no kernel writes it so */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[128];
        snprintf(line, sizeof line, "41 1 0:40 / /a %s - nfs mac:/a %s\n", cases[i].own, cases[i].super);
        assert_true(find(line, "/a"));
        assert_int_equal(entry.flags, cases[i].flags);
    }
    assert_true(find("41 1 0:40 / /a ro - nfs mac:/a", "/a"));
    assert_int_equal(entry.flags, MOUNTINFO_READ_ONLY);
}

static void optional_fields_may_be_none_or_many(void **state) {
    (void)state;
    assert_true(find("1 2 0:3 / /a rw - nfs s:/a rw\n", "/a"));
    assert_true(find("1 2 0:3 / /a rw shared:1 master:2 propagate_from:3 unbindable - nfs s:/a rw\n", "/a"));
    assert_string_equal(entry.source, "s:/a");
}

static uint32_t flags_of(const char *options) {
    char text[200];

    snprintf(text, sizeof text, "1 2 0:3 / /a %s - nfs s:/a rw\n", options);
    assert_true(find(text, "/a"));
    return entry.flags;
}

static void the_flags_are_the_mounts_own_and_shared_is_told(void **state) {
    (void)state;
    assert_int_equal(flags_of("rw,relatime"), 0);
    assert_int_equal(flags_of("ro"), MOUNTINFO_READ_ONLY);
    assert_int_equal(flags_of("rw,nosuid,nodev,noexec,relatime"),
                     MOUNTINFO_NOSUID | MOUNTINFO_NODEV | MOUNTINFO_NOEXEC);
    assert_int_equal(flags_of("rw,rox,nosuidx"), 0);
    assert_int_equal(flags_of("ro master:3 shared:1"), MOUNTINFO_READ_ONLY | MOUNTINFO_SHARED);
    assert_int_equal(flags_of("rw master:3"), 0);
    assert_true(find("1 2 0:3 / /a rw - nfs s:/a ro\n", "/a"));
    assert_int_equal(entry.flags, 0);
    assert_true(find("1 2 0:3 / /a rw - nfs s:/a rw,hard,nocto,acregmin=600,acregmax=600\n", "/a"));
    assert_int_equal(entry.flags, MOUNTINFO_NOCTO | MOUNTINFO_AC600);
    assert_true(find("1 2 0:3 / /a rw - nfs s:/a ro,soft,nocto,acregmin=60,acregmax=600\n", "/a"));
    assert_int_equal(entry.flags, MOUNTINFO_SOFT | MOUNTINFO_NOCTO);
    assert_string_equal(entry.address, "");
    assert_true(find("1 2 0:3 / /a rw - nfs s:/a rw,mountaddr=10.0.0.1,addr=192.168.65.1,x=1\n", "/a"));
    assert_string_equal(entry.address, "192.168.65.1");
}

static void blanks_in_names_are_escaped_by_the_kernel(void **state) {
    (void)state;
    assert_true(find("1 2 0:3 / /My\\040Files\\134x rw - nfs s:/My\\040Files rw\n", "/My Files\\x"));
    assert_string_equal(entry.source, "s:/My Files");
}

static void a_line_of_another_form_is_passed_over(void **state) {
    static const char *const broken[] = {
        "garbage\n",
        "\n",
        "1 2 0:3 / /Users rw\n",
        "1 2 0:3 / /Users rw shared:1 nfs s:/a rw\n", /* no "-" */
        "1 2 0:3 / /Users rw -\n",
        "x 2 0:3 / /Users rw - nfs s:/a rw\n",
        "1 2 03 / /Users rw - nfs s:/a rw\n",
        "1 2 0:3  /Users rw - nfs s:/a rw\n",
        "4294967296 2 0:3 / /Users rw - nfs s:/a rw\n",
    };
    char text[1024];

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        assert_false(find(broken[i], "/Users"));
        snprintf(text, sizeof text, "%s%s%s", USERS_NFS, broken[i], ROOT);
        assert_true(find(text, "/Users"));
        assert_string_equal(entry.source, "192.168.65.1:/Users");
    }
}

static void a_last_line_without_its_end_counts(void **state) {
    (void)state;
    assert_true(find("1 2 0:3 / /a rw - nfs s:/a rw", "/a"));
}

static void a_name_that_is_too_long_is_cut_and_is_not_ours(void **state) {
    char text[2 * MOUNTINFO_NAME_SIZE], name[MOUNTINFO_NAME_SIZE + 100];

    (void)state;
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    snprintf(text, sizeof text, "1 2 0:3 / /Users rw - nfs %s rw\n", name);
    assert_true(find(text, "/Users"));
    assert_int_equal(strlen(entry.source), MOUNTINFO_NAME_SIZE - 1);
    snprintf(text, sizeof text, "1 2 0:3 / /%s rw - nfs s:/a rw\n", name);
    assert_false(find(text, "/Users"));
}

static void all_lines_are_given_in_order(void **state) {
    struct text rest = text_of(ROOT "broken\n" USERS_OSXFS USERS_NFS);

    (void)state;
    assert_true(mountinfo_next(&rest, &entry));
    assert_int_equal(entry.id, 1);
    assert_true(mountinfo_next(&rest, &entry));
    assert_int_equal(entry.id, 40);
    assert_true(mountinfo_next(&rest, &entry));
    assert_int_equal(entry.id, 41);
    assert_false(mountinfo_next(&rest, &entry));
}

static void a_mount_covers_its_point_and_what_lies_below(void **state) {
    static const struct {
        const char *point, *path;
        bool covers;
    } cases[] = {
        {"/", "/var/log", true},
        {"/var", "/var/log", true},
        {"/var/log", "/var/log", true},
        {"/var/lo", "/var/log", false},
        {"/var/log/x", "/var/log", false},
        {"/run", "/var/log", false},
        {"/", "/", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(entry.point, sizeof entry.point, "%s", cases[i].point);
        assert_int_equal(mountinfo_covers(&entry, cases[i].path), cases[i].covers);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_of_a_line_is_read),
        cmocka_unit_test(the_last_mount_on_a_target_is_the_one_that_is_met),
        cmocka_unit_test(only_the_target_itself_counts),
        cmocka_unit_test(soft_is_the_file_systems_and_the_rest_is_the_mounts_own),
        cmocka_unit_test(optional_fields_may_be_none_or_many),
        cmocka_unit_test(the_flags_are_the_mounts_own_and_shared_is_told),
        cmocka_unit_test(blanks_in_names_are_escaped_by_the_kernel),
        cmocka_unit_test(a_line_of_another_form_is_passed_over),
        cmocka_unit_test(a_last_line_without_its_end_counts),
        cmocka_unit_test(a_name_that_is_too_long_is_cut_and_is_not_ours),
        cmocka_unit_test(all_lines_are_given_in_order),
        cmocka_unit_test(a_mount_covers_its_point_and_what_lies_below),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
