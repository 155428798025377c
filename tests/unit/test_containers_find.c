/* SPDX-License-Identifier: MIT */
/* containers_find: which mounts of a namespace come from a target as it was before. */
#include "../../agent/containers/find.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define OWN_ROOT "20 1 0:18 / / rw - tmpfs tmpfs rw\n"
#define OWN_SHARE "60 20 0:40 / /Users rw,noatime - nfs 192.168.65.1:/Users rw,vers=3\n"
#define SOURCE "192.168.65.1:/Users"
#define CONTAINER_ROOT "100 90 0:50 / / rw - overlay overlay rw\n"

static struct containers_origin origin;
static struct containers_bind bind;
static struct text rest;

static void begin_at(const char *own, const char *target, const char *source) {
    assert_true(containers_origin(text_of(own), target, source, &origin));
}

static bool first(const char *table) {
    begin_at(OWN_ROOT OWN_SHARE, "/Users", SOURCE);
    memset(&bind, 'x', sizeof bind);
    rest = text_of(table);
    return containers_find(text_of(table), &rest, &origin, &bind);
}

static bool again(const char *table) {
    return containers_find(text_of(table), &rest, &origin, &bind);
}

static void what_lies_below_the_target_is_found(void **state) {
    (void)state;
    begin_at(OWN_ROOT OWN_SHARE, "/Users", SOURCE);
    assert_true(origin.has_below);
    assert_int_equal(origin.major, 0);
    assert_int_equal(origin.minor, 18);
    assert_string_equal(origin.below, "/Users");
    begin_at("20 1 8:1 /slice / rw - ext4 sda rw\n21 20 8:2 /top /mnt rw - ext4 sdb rw\n"
             "60 21 0:40 / /mnt/a/b rw - nfs s:/x rw\n",
             "/mnt/a/b", "s:/x");
    assert_string_equal(origin.below, "/top/a/b");
    assert_int_equal(origin.minor, 2);
}

static void a_target_that_carried_another_mount_has_nothing_below(void **state) {
    (void)state;
    begin_at(OWN_ROOT "50 20 0:30 / /Users rw - fuse.osxfs osxfs rw\n"
                      "60 50 0:40 / /Users rw - nfs 192.168.65.1:/Users rw\n",
             "/Users", SOURCE);
    assert_false(origin.has_below);
}

static void a_target_that_is_not_mounted_has_no_origin(void **state) {
    (void)state;
    assert_false(containers_origin(text_of(OWN_ROOT), "/Users", SOURCE, &origin));
    assert_false(containers_origin(text_of(OWN_ROOT OWN_SHARE), "/Users", "other:/Users", &origin));
    assert_false(containers_origin(text_of(OWN_ROOT "60 20 0:40 / /Users rw - ext4 192.168.65.1:/Users rw\n"), "/Users",
                                   SOURCE, &origin));
}

static void a_late_bind_is_found_with_its_folder_and_flags(void **state) {
    const char *table = CONTAINER_ROOT "101 100 0:60 / /proc rw - proc proc rw\n"
                                       "110 100 0:18 /Users/me/project /src ro,nosuid,nodev - tmpfs tmpfs rw\n";

    (void)state;
    assert_true(first(table));
    assert_int_equal(bind.kind, CONTAINERS_LATE);
    assert_int_equal(bind.id, 110);
    assert_int_equal(bind.under_id, 100);
    assert_int_equal(bind.holder_id, 100);
    assert_int_equal(bind.flags, MOUNTINFO_READ_ONLY | MOUNTINFO_NOSUID | MOUNTINFO_NODEV);
    assert_false(bind.shared);
    assert_int_equal(bind.inner, 0);
    assert_string_equal(bind.point, "/src");
    assert_string_equal(bind.subpath, "/me/project");
    assert_false(again(table));
}

static void a_bind_of_the_target_itself_has_no_subpath(void **state) {
    (void)state;
    assert_true(first(CONTAINER_ROOT "110 100 0:18 /Users /all rw - tmpfs tmpfs rw\n"));
    assert_string_equal(bind.subpath, "");
}

static void other_folders_and_other_file_systems_are_not_found(void **state) {
    (void)state;
    assert_false(first(CONTAINER_ROOT));
    assert_false(first(CONTAINER_ROOT "110 100 0:18 / /host rw - tmpfs tmpfs rw\n"));
    assert_false(first(CONTAINER_ROOT "110 100 0:18 /Users2/me /src rw - tmpfs tmpfs rw\n"));
    assert_false(first(CONTAINER_ROOT "110 100 0:18 /var/lib /src rw - tmpfs tmpfs rw\n"));
    assert_false(first(CONTAINER_ROOT "110 100 8:18 /Users/me /src rw - ext4 sda rw\n"));
    assert_false(first(CONTAINER_ROOT "110 100 0:19 /Users/me /src rw - tmpfs tmpfs rw\n"));
    assert_false(first(CONTAINER_ROOT "110 100 0:41 / /src rw - nfs 192.168.65.9:/Users rw\n"));
    assert_false(first(CONTAINER_ROOT "110 100 0:41 / /src rw - nfs 192.168.65.1:/Users2 rw\n"));
    assert_false(first(CONTAINER_ROOT "110 100 0:3 mnt:[4026531840] /src rw - nsfs nsfs rw\n"));
}

static void a_bind_that_is_covered_already_is_passed_over(void **state) {
    const char *table = CONTAINER_ROOT "110 100 0:18 /Users/me /src rw - tmpfs tmpfs rw\n"
                                       "111 110 0:40 / /src rw - nfs 192.168.65.1:/Users/me rw\n";

    (void)state;
    assert_true(first(table));
    assert_int_equal(bind.id, 111);
    assert_int_equal(bind.kind, CONTAINERS_MOUNTED);
    assert_int_equal(bind.under_id, 110);
    assert_int_equal(bind.holder_id, 100);
    assert_string_equal(bind.subpath, "/me");
    assert_false(again(table));
}

static void a_bind_of_an_earlier_mount_is_found_by_its_source(void **state) {
    (void)state;
    assert_true(first(CONTAINER_ROOT "110 100 0:77 /me/project /src rw,noatime - nfs 192.168.65.1:/Users rw\n"));
    assert_int_equal(bind.kind, CONTAINERS_MOUNTED);
    assert_string_equal(bind.subpath, "/me/project");
    assert_true(first(CONTAINER_ROOT "110 100 0:77 / /src rw - nfs 192.168.65.1:/Users rw\n"));
    assert_string_equal(bind.subpath, "");
}

static void a_folder_that_is_gone_is_known_by_its_old_name(void **state) {
    (void)state;
    assert_true(first(CONTAINER_ROOT "110 100 0:77 /me/project//deleted /src rw - nfs 192.168.65.1:/Users rw\n"));
    assert_string_equal(bind.subpath, "/me/project");
    assert_true(first(CONTAINER_ROOT "110 100 0:18 /Users/me//deleted /src rw - tmpfs tmpfs rw\n"));
    assert_string_equal(bind.subpath, "/me");
}

/* The kernel tells the root of a mount of SERVER:/Users/me from the top of what is connected: "/" or "/me". */
static void a_mount_of_a_folder_is_known_with_either_form_of_its_root(void **state) {
    (void)state;
    assert_true(first(CONTAINER_ROOT "110 100 0:40 / /src rw - nfs 192.168.65.1:/Users/me rw\n"));
    assert_string_equal(bind.subpath, "/me");
    assert_true(first(CONTAINER_ROOT "110 100 0:40 /me /src rw - nfs 192.168.65.1:/Users/me rw\n"));
    assert_string_equal(bind.subpath, "/me");
    assert_true(first(CONTAINER_ROOT "110 100 0:40 /me/a /src rw - nfs 192.168.65.1:/Users/me rw\n"));
    assert_string_equal(bind.subpath, "/me/a");
    assert_true(first(CONTAINER_ROOT "110 100 0:40 /a /src rw - nfs 192.168.65.1:/Users/me rw\n"));
    assert_string_equal(bind.subpath, "/me/a");
}

static void the_root_of_our_own_mount_is_taken_off(void **state) {
    const char *table = CONTAINER_ROOT "110 100 0:40 /me/work/a /src rw - nfs s:/Users/me/work rw\n";

    (void)state;
    begin_at(OWN_ROOT "60 20 0:40 /me/work /work rw - nfs s:/Users/me/work rw\n", "/work", "s:/Users/me/work");
    rest = text_of(table);
    assert_true(again(table));
    assert_string_equal(bind.subpath, "/a");
}

static void the_export_of_everything_has_its_slash_already(void **state) {
    const char *table = CONTAINER_ROOT "110 100 0:40 / /src rw - nfs s:/me rw\n";

    (void)state;
    begin_at(OWN_ROOT "60 20 0:40 / /all rw - nfs s:/ rw\n", "/all", "s:/");
    rest = text_of(table);
    assert_true(again(table));
    assert_string_equal(bind.subpath, "/me");
}

static void mounts_inside_are_counted_and_named(void **state) {
    const char *table = CONTAINER_ROOT "110 100 0:18 /Users/me /src rw - tmpfs tmpfs rw\n"
                                       "120 110 0:61 / /src/vendor rw - tmpfs v rw\n"
                                       "121 120 0:62 / /src/vendor/deep rw - tmpfs v rw\n"
                                       "122 110 0:63 / /src/a\\040b rw - tmpfs v rw\n"
                                       "123 100 0:64 / /srcx rw - tmpfs v rw\n";
    static struct mountinfo entry;

    (void)state;
    assert_true(first(table));
    assert_int_equal(bind.inner, 2);
    struct text inner = text_of(table);
    assert_true(containers_find_inner(&inner, &bind, &entry));
    assert_string_equal(entry.point, "/vendor");
    assert_int_equal(entry.id, 120);
    assert_true(containers_find_inner(&inner, &bind, &entry));
    assert_string_equal(entry.point, "/a b");
    assert_false(containers_find_inner(&inner, &bind, &entry));
}

static void what_a_new_mount_would_be_put_on_tells_whether_it_is_passed_on(void **state) {
    (void)state;
    assert_true(first(CONTAINER_ROOT "110 100 0:18 /Users/me /src rw shared:7 - tmpfs tmpfs rw\n"));
    assert_true(bind.shared);
    assert_int_equal(bind.flags, 0);
    assert_true(first(CONTAINER_ROOT "110 100 0:18 /Users/me /src rw master:7 - tmpfs tmpfs rw\n"));
    assert_false(bind.shared);
    assert_true(first("100 90 0:50 / / rw shared:1 - overlay overlay rw\n"
                      "110 100 0:77 / /src rw - nfs 192.168.65.1:/Users rw\n"));
    assert_true(bind.shared);
}

static void the_directory_around_a_pile_of_mounts_is_in_the_lowest_ones_parent(void **state) {
    (void)state;
    assert_true(first(CONTAINER_ROOT "105 100 0:61 / /src rw - tmpfs volume rw\n"
                                     "106 105 0:62 / /src rw - tmpfs another rw\n"
                                     "110 106 0:18 /Users/me /src rw - tmpfs tmpfs rw\n"));
    assert_int_equal(bind.under_id, 106);
    assert_int_equal(bind.holder_id, 100);
}

static void a_table_that_runs_in_circles_ends(void **state) {
    (void)state;
    assert_true(first("110 111 0:18 /Users/me /src rw - tmpfs tmpfs rw\n111 112 0:61 / /src rw - tmpfs v rw\n"
                      "112 111 0:61 / /src rw - tmpfs v rw\n"));
    assert_true(first("110 110 0:18 /Users/me /src rw - tmpfs tmpfs rw\n"));
}

static void names_that_were_cut_are_found_and_marked(void **state) {
    char name[MOUNTINFO_NAME_SIZE + 50], table[4 * MOUNTINFO_NAME_SIZE + 400];

    (void)state;
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_true(first("110 100 0:18 /Users/me /src rw - tmpfs tmpfs rw\n"));
    assert_false(bind.cut);
    snprintf(table, sizeof table, "110 100 0:18 /Users/%s /src rw - tmpfs tmpfs rw\n", name);
    assert_true(first(table));
    assert_true(bind.cut);
    snprintf(table, sizeof table, "110 100 0:18 /Users/me /%s rw - tmpfs tmpfs rw\n", name);
    assert_true(first(table));
    assert_true(bind.cut);
    snprintf(table, sizeof table, "110 100 0:40 / /src rw - nfs 192.168.65.1:/Users/%s rw\n", name);
    assert_true(first(table));
    assert_true(bind.cut);
    snprintf(table, sizeof table, "110 100 0:19 /Users/%s /%s rw - tmpfs tmpfs rw\n", name, name);
    assert_false(first(table));
}

static void what_lies_in_a_mount_with_a_cut_name_does_not_hide_it(void **state) {
    char name[MOUNTINFO_NAME_SIZE + 50], table[4 * MOUNTINFO_NAME_SIZE + 400];

    (void)state;
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    snprintf(table, sizeof table,
             "110 100 0:18 /Users/me /%s rw - tmpfs tmpfs rw\n"
             "111 110 0:77 / /%s/in rw - tmpfs tmpfs rw\n",
             name, name);
    assert_true(first(table));
    assert_int_equal(bind.id, 110);
}

static void a_keeper_is_known_by_its_type_and_the_shares_source(void **state) {
    (void)state;
    assert_true(first(CONTAINER_ROOT "110 100 0:90 / /src ro - fuse.usermount 192.168.65.1:/Users/me/project rw\n"));
    assert_int_equal(bind.kind, CONTAINERS_KEPT);
    assert_string_equal(bind.subpath, "/me/project");
    assert_int_equal(bind.flags, MOUNTINFO_READ_ONLY);
    assert_true(first(CONTAINER_ROOT "110 100 0:90 / /src rw shared:3 - tmpfs 192.168.65.1:/Users rw\n"));
    assert_int_equal(bind.kind, CONTAINERS_KEPT);
    assert_string_equal(bind.subpath, "");
    assert_true(bind.shared);
    assert_false(first(CONTAINER_ROOT "110 100 0:90 / /src rw - fuse.osxfs 192.168.65.1:/Users/me/project rw\n"));
    assert_false(first(CONTAINER_ROOT "110 100 0:90 / /src rw - fuse.usermount 192.168.65.1:/Usersx rw\n"));
    assert_false(first(CONTAINER_ROOT "110 100 0:90 / /src rw - tmpfs tmpfs rw\n"));
    assert_false(first(CONTAINER_ROOT "110 100 0:90 /in /src rw - tmpfs 192.168.65.1:/Users/me rw\n"));
}

static void a_keeper_that_is_covered_has_been_seen_to(void **state) {
    (void)state;
    assert_true(first(CONTAINER_ROOT "110 100 0:90 / /src rw - fuse.usermount 192.168.65.1:/Users/me rw\n"
                                     "120 110 0:40 / /src rw - nfs 192.168.65.1:/Users/me rw\n"));
    assert_int_equal(bind.id, 120);
    assert_int_equal(bind.kind, CONTAINERS_MOUNTED);
    assert_int_equal(bind.under_id, 110);
    assert_int_equal(bind.holder_id, 100);
}

#define DEAD CONTAINER_ROOT "110 100 0:40 / /app rw - nfs 192.168.65.1:/Users/p rw\n"

static void what_lies_in_a_dead_mount_is_found_where_it_is_of_the_share(void **state) {
    static struct containers_bind inside[2];
    const char *table = "121 120 0:40 / /app/x rw - nfs 192.168.65.1:/Users/p/x rw\n"
                        "120 110 0:18 /Users/p/x /app/x rw - tmpfs tmpfs rw\n" DEAD
                        "130 121 0:40 / /app/x/y/z ro - nfs 192.168.65.1:/Users/q rw\n"
                        "140 100 0:61 / /data rw - tmpfs data rw\n";

    (void)state;
    assert_true(first(DEAD));
    assert_int_equal(containers_find_inside(text_of(DEAD), &origin, &bind, inside, 2), 0);
    assert_int_equal(containers_find_inside(text_of(table), &origin, &bind, inside, 2), 2);
    assert_string_equal(inside[0].point, "/x");
    assert_string_equal(inside[0].subpath, "/p/x");
    assert_int_equal(inside[0].id, 121);
    assert_string_equal(inside[1].point, "/x/y/z");
    assert_string_equal(inside[1].subpath, "/q");
    assert_int_equal(inside[1].flags, MOUNTINFO_READ_ONLY);
    assert_int_equal(containers_find_inside(text_of(table), &origin, &bind, inside, 1), -1);
}

static void a_volume_in_a_dead_mount_is_not_the_shares(void **state) {
    static struct containers_bind inside[2];

    (void)state;
    assert_true(first(DEAD));
    assert_int_equal(containers_find_inside(text_of(DEAD "120 110 0:61 / /app/vendor rw - ext4 sda rw\n"), &origin,
                                            &bind, inside, 2),
                     -1);
}

static void a_source_is_the_exports_with_the_folder(void **state) {
    char source[64];

    (void)state;
    begin_at(OWN_ROOT OWN_SHARE, "/Users", SOURCE);
    containers_source(&origin, "", source, sizeof source);
    assert_string_equal(source, "192.168.65.1:/Users");
    containers_source(&origin, "/me", source, sizeof source);
    assert_string_equal(source, "192.168.65.1:/Users/me");
    begin_at(OWN_ROOT "60 20 0:40 / /all rw - nfs s:/ rw\n", "/all", "s:/");
    containers_source(&origin, "/me", source, sizeof source);
    assert_string_equal(source, "s:/me");
}

static void one_pass_finds_what_is_covered_too(void **state) {
    const char *table = CONTAINER_ROOT "110 100 0:18 /Users/me /src rw - tmpfs tmpfs rw\n"
                                       "120 110 0:61 / /src rw - tmpfs v rw\n";

    (void)state;
    assert_false(first(table));
    rest = text_of(table);
    assert_true(containers_match(&rest, &origin, &bind));
    assert_int_equal(bind.id, 110);
    assert_false(containers_match(&rest, &origin, &bind));
}

/* The place in the share of a path in a mount, or NULL. */
static const char *inside(const char *table, uint32_t mount, const char *path, size_t size) {
    static char subpath[MOUNTINFO_NAME_SIZE];

    begin_at(OWN_ROOT OWN_SHARE, "/Users", SOURCE);
    return containers_inside(text_of(table), &origin, mount, path, text_out(subpath, size)) ? subpath : NULL;
}

static void a_path_is_in_the_mount_that_has_it(void **state) {
    const char *table = CONTAINER_ROOT "110 100 0:40 /me/project /src rw - nfs " SOURCE " rw\n"
                                       "120 110 0:61 / /src/vendor rw - ext4 v rw\n"
                                       "130 120 0:40 /you /src/vendor/you rw - nfs " SOURCE " rw\n"
                                       "140 100 0:18 /Users/late /late rw - tmpfs tmpfs rw\n";

    (void)state;
    assert_string_equal(inside(table, 110, "/src", 100), "/me/project");
    assert_string_equal(inside(table, 110, "/src/a/b (deleted)", 100), "/me/project/a/b (deleted)");
    assert_string_equal(inside(table, 130, "/src/vendor/you/x", 100), "/you/x");
    assert_string_equal(inside(table, 110, "/src/vendor/x", 100), "/me/project/vendor/x"); /* below the other mount */
    assert_null(inside(table, 120, "/src/vendor/x", 100));
    assert_null(inside(table, 110, "/src2", 100));
    assert_null(inside(table, 140, "/late/x", 100)); /* what lay below the target is not the share */
    assert_null(inside(table, 150, "/src/a", 100));  /* a mount that was removed */
    assert_null(inside(table, 110, "relative", 100));
    assert_null(inside("", 110, "/src", 100));
}

static void a_place_that_does_not_fit_is_none(void **state) {
    const char *table = CONTAINER_ROOT "110 100 0:40 /me /src rw - nfs " SOURCE " rw\n";

    (void)state;
    assert_string_equal(inside(table, 110, "/src/a", sizeof "/me/a"), "/me/a");
    assert_null(inside(table, 110, "/src/a", sizeof "/me/a" - 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lies_below_the_target_is_found),
        cmocka_unit_test(a_target_that_carried_another_mount_has_nothing_below),
        cmocka_unit_test(a_target_that_is_not_mounted_has_no_origin),
        cmocka_unit_test(a_late_bind_is_found_with_its_folder_and_flags),
        cmocka_unit_test(a_bind_of_the_target_itself_has_no_subpath),
        cmocka_unit_test(other_folders_and_other_file_systems_are_not_found),
        cmocka_unit_test(a_bind_that_is_covered_already_is_passed_over),
        cmocka_unit_test(a_bind_of_an_earlier_mount_is_found_by_its_source),
        cmocka_unit_test(a_folder_that_is_gone_is_known_by_its_old_name),
        cmocka_unit_test(a_mount_of_a_folder_is_known_with_either_form_of_its_root),
        cmocka_unit_test(the_root_of_our_own_mount_is_taken_off),
        cmocka_unit_test(the_export_of_everything_has_its_slash_already),
        cmocka_unit_test(mounts_inside_are_counted_and_named),
        cmocka_unit_test(what_a_new_mount_would_be_put_on_tells_whether_it_is_passed_on),
        cmocka_unit_test(the_directory_around_a_pile_of_mounts_is_in_the_lowest_ones_parent),
        cmocka_unit_test(a_table_that_runs_in_circles_ends),
        cmocka_unit_test(names_that_were_cut_are_found_and_marked),
        cmocka_unit_test(what_lies_in_a_mount_with_a_cut_name_does_not_hide_it),
        cmocka_unit_test(a_keeper_is_known_by_its_type_and_the_shares_source),
        cmocka_unit_test(a_keeper_that_is_covered_has_been_seen_to),
        cmocka_unit_test(what_lies_in_a_dead_mount_is_found_where_it_is_of_the_share),
        cmocka_unit_test(a_volume_in_a_dead_mount_is_not_the_shares),
        cmocka_unit_test(a_source_is_the_exports_with_the_folder),
        cmocka_unit_test(one_pass_finds_what_is_covered_too),
        cmocka_unit_test(a_path_is_in_the_mount_that_has_it),
        cmocka_unit_test(a_place_that_does_not_fit_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
