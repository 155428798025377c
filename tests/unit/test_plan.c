/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../../packer/write/plan.h"

static struct tree *tree;
static struct plan plan;

static const struct census good = {
    .has_openrc = true,
    .nfs = CENSUS_NFS_BUILTIN,
    .machine = CONTENT_MACHINE_X86_64,
};

static void put(const char *name, uint32_t mode, const char *target, uint32_t links, uint32_t inode) {
    const struct archive_entry entry = {
        .header = {.inode = inode, .mode = mode, .links = links},
        .name = name,
        .target = target,
    };

    tree_apply(tree, &entry, 1);
    tree_data_end(tree);
}

static void directory(const char *name) {
    put(name, NEWC_DIRECTORY | 0755, NULL, 2, 0);
}

static int set_up(void **state) {
    const struct tree_options options = {.memory_bytes = 1 << 20};

    (void)state;
    tree = tree_new(&options);
    return tree ? 0 : -1;
}

static int set_up_guest(void **state) {
    static const char *const directories[] = {"usr",        "usr/sbin",      "etc",
                                              "etc/init.d", "etc/runlevels", "etc/runlevels/default"};

    if (set_up(state) < 0)
        return -1;
    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
        directory(directories[i]);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    tree_free(tree);
    return 0;
}

static const struct plan_item *item(const char *path) {
    for (size_t i = 0; i < plan.count; i++)
        if (strcmp(plan.items[i].path, path) == 0)
            return &plan.items[i];
    return NULL;
}

static void writes_no_directory_that_is_there(void **state) {
    (void)state;
    assert_int_equal(plan_make(tree, &good, false, &plan), PLAN_GO);
    assert_int_equal(plan.count, 4);
    assert_non_null(item(PLAN_AGENT_PATH));
    assert_int_equal(item(PLAN_INITD_PATH)->mode, NEWC_REGULAR | 0755);
    assert_int_equal(item(PLAN_LINK_PATH)->mode, NEWC_SYMLINK | 0777);
    assert_int_equal(item(PLAN_CONFIG_PATH)->mode, NEWC_REGULAR | 0644);
    assert_false(item(PLAN_AGENT_PATH)->overrides);
}

static void writes_missing_directories_once_and_first(void **state) {
    (void)state;
    assert_int_equal(plan_make(tree, &good, false, &plan), PLAN_GO);
    assert_int_equal(plan.count, 10);
    assert_string_equal(plan.items[0].path, "usr");
    assert_string_equal(plan.items[1].path, "usr/sbin");
    assert_string_equal(plan.items[2].path, PLAN_AGENT_PATH);
    assert_string_equal(plan.items[3].path, "etc");
}

static void goes_through_a_link_to_a_directory(void **state) {
    (void)state;
    directory("sbin");
    directory("usr");
    put("usr/sbin", NEWC_SYMLINK | 0777, "../sbin", 1, 0);
    assert_int_equal(plan_make(tree, &good, false, &plan), PLAN_GO);
    assert_null(item("usr/sbin"));
    assert_non_null(item(PLAN_AGENT_PATH));
}

static void refuses_a_link_that_leads_nowhere(void **state) {
    (void)state;
    directory("usr");
    put("usr/sbin", NEWC_SYMLINK | 0777, "/mnt/sbin", 1, 0);
    assert_int_equal(plan_make(tree, &good, true, &plan), PLAN_PATH_BROKEN);
    assert_string_equal(plan.refused_path, "usr/sbin");
}

static void refuses_a_file_as_parent(void **state) {
    (void)state;
    put("etc", NEWC_REGULAR | 0644, NULL, 1, 0);
    assert_int_equal(plan_make(tree, &good, true, &plan), PLAN_PATH_BROKEN);
    assert_string_equal(plan.refused_path, "etc");
}

static void refuses_to_replace_what_is_no_file(void **state) {
    (void)state;
    directory(PLAN_INITD_PATH);
    assert_int_equal(plan_make(tree, &good, true, &plan), PLAN_PATH_TAKEN);
    assert_string_equal(plan.refused_path, PLAN_INITD_PATH);
}

static void refuses_to_replace_a_link(void **state) {
    (void)state;
    put(PLAN_CONFIG_PATH, NEWC_SYMLINK | 0777, "/etc/other.conf", 1, 0);
    assert_int_equal(plan_make(tree, &good, true, &plan), PLAN_PATH_TAKEN);
}

static void leaves_the_very_runlevel_link_alone(void **state) {
    (void)state;
    put(PLAN_LINK_PATH, NEWC_SYMLINK | 0777, PLAN_LINK_TARGET, 1, 0);
    assert_int_equal(plan_make(tree, &good, false, &plan), PLAN_GO);
    assert_null(item(PLAN_LINK_PATH));
    put(PLAN_LINK_PATH, NEWC_SYMLINK | 0777, "/etc/init.d/other", 1, 0);
    assert_int_equal(plan_make(tree, &good, false, &plan), PLAN_PATH_TAKEN);
}

static void takes_a_relative_runlevel_link_for_what_it_is(void **state) {
    (void)state;
    put(PLAN_LINK_PATH, NEWC_SYMLINK | 0777, "../../init.d/usermount", 1, 0);
    assert_int_equal(plan_make(tree, &good, false, &plan), PLAN_GO);
    assert_null(item(PLAN_LINK_PATH));
    put(PLAN_LINK_PATH, NEWC_SYMLINK | 0777, "../init.d/usermount", 1, 0);
    assert_int_equal(plan_make(tree, &good, false, &plan), PLAN_PATH_TAKEN);
}

static void replaces_another_tools_service_by_force_only(void **state) {
    (void)state;
    put(PLAN_INITD_PATH, NEWC_REGULAR | 0755, NULL, 1, 0);
    assert_int_equal(plan_make(tree, &good, false, &plan), PLAN_HAS_SERVICE);
    assert_string_equal(plan.refused_path, PLAN_INITD_PATH);
    assert_true(plan_can_be_forced(PLAN_HAS_SERVICE));
    assert_int_equal(plan_make(tree, &good, true, &plan), PLAN_GO);
    assert_true(item(PLAN_INITD_PATH)->overrides);
}

static void makes_a_hard_linked_file_fresh(void **state) {
    (void)state;
    put(PLAN_CONFIG_PATH, NEWC_REGULAR | 0644, NULL, 1, 0);
    assert_int_equal(plan_make(tree, &good, false, &plan), PLAN_GO);
    assert_true(item(PLAN_CONFIG_PATH)->overrides);
    assert_false(item(PLAN_CONFIG_PATH)->is_fresh);
    put("etc/a", NEWC_REGULAR | 0644, NULL, 2, 7);
    put("etc/usermount.conf", NEWC_REGULAR | 0644, NULL, 2, 7);
    assert_int_equal(plan_make(tree, &good, false, &plan), PLAN_GO);
    assert_true(item(PLAN_CONFIG_PATH)->is_fresh);
}

static void refuses_a_base_that_holds_a_manifest(void **state) {
    (void)state;
    put(MANIFEST_PATH, NEWC_REGULAR | 0644, NULL, 1, 0);
    assert_int_equal(plan_make(tree, &good, true, &plan), PLAN_HAS_MANIFEST);
}

static void bends_two_refusals_only(void **state) {
    struct census census = good;

    (void)state;
    census.has_openrc = false;
    assert_int_equal(plan_make(tree, &census, false, &plan), PLAN_NO_OPENRC);
    assert_int_equal(plan_make(tree, &census, true, &plan), PLAN_GO);
    census = good;
    census.nfs = CENSUS_NFS_ABSENT;
    assert_int_equal(plan_make(tree, &census, false, &plan), PLAN_NO_NFS);
    assert_int_equal(plan_make(tree, &census, true, &plan), PLAN_GO);
    census.nfs = CENSUS_NFS_UNKNOWN;
    assert_int_equal(plan_make(tree, &census, false, &plan), PLAN_GO);
    census.machine = 0;
    assert_int_equal(plan_make(tree, &census, true, &plan), PLAN_NO_PROGRAM);
}

static void fits_only_sizes_that_a_packer_writes(void **state) {
    struct manifest manifest = {.base_bytes = 1001};

    (void)state;
    assert_int_equal(plan_padding(1001), 3);
    assert_int_equal(plan_padding(1004), 0);
    assert_true(plan_fits(&manifest, 1004 + 4 + 512));
    assert_false(plan_fits(&manifest, 1004 + 512));
    assert_false(plan_fits(&manifest, 1004 + 6 + 512));
    assert_false(plan_fits(&manifest, 512));
    assert_false(plan_fits(&manifest, 100));
    manifest.base_bytes = 0;
    assert_false(plan_fits(&manifest, 4096));
    manifest.base_bytes = UINT64_MAX;
    assert_false(plan_fits(&manifest, 4096));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_no_directory_that_is_there, set_up_guest, tear_down),
        cmocka_unit_test_setup_teardown(writes_missing_directories_once_and_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(goes_through_a_link_to_a_directory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_a_link_that_leads_nowhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_a_file_as_parent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_to_replace_what_is_no_file, set_up_guest, tear_down),
        cmocka_unit_test_setup_teardown(refuses_to_replace_a_link, set_up_guest, tear_down),
        cmocka_unit_test_setup_teardown(leaves_the_very_runlevel_link_alone, set_up_guest, tear_down),
        cmocka_unit_test_setup_teardown(takes_a_relative_runlevel_link_for_what_it_is, set_up_guest, tear_down),
        cmocka_unit_test_setup_teardown(replaces_another_tools_service_by_force_only, set_up_guest, tear_down),
        cmocka_unit_test_setup_teardown(makes_a_hard_linked_file_fresh, set_up_guest, tear_down),
        cmocka_unit_test_setup_teardown(refuses_a_base_that_holds_a_manifest, set_up_guest, tear_down),
        cmocka_unit_test_setup_teardown(bends_two_refusals_only, set_up_guest, tear_down),
        cmocka_unit_test(fits_only_sizes_that_a_packer_writes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
