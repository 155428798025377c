/* SPDX-License-Identifier: MIT */
/*
 * The rules that a packer must know by heart. All of them, and many more, are also held against a
 * real kernel by tests/guest/test_corpus.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../packer/image/tree_private.h"

static struct tree *tree;

static int set_up(void **state) {
    const struct tree_options options = {
        .memory_bytes = 1 << 20,
        .with_crc = true,
        .needle_file = "list",
        .needle = "needle",
    };

    (void)state;
    tree = tree_new(&options);
    return tree ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    tree_free(tree);
    return 0;
}

static struct tree_result apply(const char *name, uint32_t mode, const char *text, uint32_t links, uint32_t inode) {
    bool link = (mode & NEWC_TYPE) == NEWC_SYMLINK;
    const struct archive_entry entry = {
        .header = {.inode = inode, .mode = mode, .links = links, .size_bytes = (uint32_t)strlen(text)},
        .name = name,
        .target = link ? text : NULL,
    };
    struct tree_result result = tree_apply(tree, &entry, 1);

    if (result.writes) {
        if (*text)
            tree_data(tree, (const unsigned char *)text, strlen(text));
        tree_data_end(tree);
    }
    return result;
}

static struct tree_result file(const char *name, const char *text) {
    return apply(name, NEWC_REGULAR | 0644, text, 1, 0);
}

static struct tree_result directory(const char *name, uint32_t mode) {
    return apply(name, NEWC_DIRECTORY | mode, "", 2, 0);
}

static struct tree_result symlink_to(const char *name, const char *target) {
    return apply(name, NEWC_SYMLINK | 0777, target, 1, 0);
}

static struct tree_stat stat_of(const char *path) {
    struct tree_stat stat;
    tree_id inode;

    assert_int_equal(tree_lookup(tree, path, false, &inode), TREE_OK);
    tree_stat(tree, inode, &stat);
    return stat;
}

static enum tree_error look(const char *path) {
    tree_id inode;

    return tree_lookup(tree, path, true, &inode);
}

static void starts_with_what_the_kernel_has_built_in(void **state) {
    (void)state;
    assert_int_equal(tree_names(tree), 3);
    assert_int_equal(stat_of("/dev/console").mode, NEWC_CHAR | 0600);
    assert_int_equal(stat_of("root").mode, NEWC_DIRECTORY | 0700);
}

static void rewrites_a_file_under_all_its_names(void **state) {
    (void)state;
    apply("a", NEWC_REGULAR | 0644, "", 2, 9);
    assert_int_equal(apply("b", NEWC_REGULAR | 0644, "both", 2, 9).effect, TREE_LINKED);
    assert_int_equal(stat_of("a").links, 2);
    assert_int_equal(file("a", "longer text").effect, TREE_REWRITTEN);
    assert_int_equal(stat_of("b").size_bytes, 11);
    assert_int_equal(stat_of("b").crc32, stat_of("a").crc32);
}

static void makes_a_name_fresh_by_a_link(void **state) {
    (void)state;
    apply("a", NEWC_REGULAR | 0644, "", 2, 9);
    apply("b", NEWC_REGULAR | 0644, "both", 2, 9);
    assert_int_equal(symlink_to("a", ".").effect, TREE_REPLACED);
    assert_int_equal(file("a", "longer text").effect, TREE_REPLACED);
    assert_int_equal(stat_of("b").size_bytes, 4);
    assert_int_equal(stat_of("b").links, 1);
}

static void forgets_hard_links_at_a_trailer(void **state) {
    (void)state;
    apply("a", NEWC_REGULAR | 0644, "1", 2, 9);
    tree_trailer(tree);
    assert_int_equal(apply("b", NEWC_REGULAR | 0644, "2", 2, 9).effect, TREE_CREATED);
    assert_int_equal(stat_of("a").links, 1);
}

static void loses_a_hard_link_to_itself(void **state) {
    (void)state;
    apply("a", NEWC_REGULAR | 0644, "1", 2, 9);
    assert_int_equal(apply("a", NEWC_REGULAR | 0644, "2", 2, 9).effect, TREE_DELETED);
    assert_int_equal(look("a"), TREE_NO_ENTRY);
}

static void deletes_a_link_under_a_directory(void **state) {
    (void)state;
    directory("real", 0755);
    symlink_to("l", "real");
    assert_int_equal(directory("l", 0700).effect, TREE_REPLACED);
    file("l/f", "1");
    assert_int_equal(look("real/f"), TREE_NO_ENTRY);
}

static void changes_only_mode_and_owner_of_a_directory(void **state) {
    struct tree_result result;

    (void)state;
    directory("d", 0755);
    file("d/f", "1");
    result = directory("d", 0755);
    assert_int_equal(result.effect, TREE_MERGED);
    assert_false(result.changed);
    result = directory("d", 0700);
    assert_true(result.changed);
    assert_int_equal(stat_of("d").mode, NEWC_DIRECTORY | 0700);
    assert_int_equal(stat_of("d/f").size_bytes, 1);
}

static void drops_what_has_no_place(void **state) {
    (void)state;
    directory("d", 0755);
    file("d/f", "1");
    assert_int_equal(file("d", "x").effect, TREE_DROPPED);
    assert_int_equal(file("no/f", "x").error, TREE_NO_ENTRY);
    assert_int_equal(file("d/f/g", "x").error, TREE_NOT_DIRECTORY);
    assert_int_equal(stat_of("d/f").size_bytes, 1);
}

static void follows_links_on_the_way(void **state) {
    char name[16] = "d";

    (void)state;
    directory("d", 0755);
    for (int i = 0; i < 41; i++) {
        char link[16];

        snprintf(link, sizeof(link), "l%d", i);
        symlink_to(link, name);
        memcpy(name, link, sizeof(link));
    }
    assert_int_equal(file("l39/f", "1").effect, TREE_CREATED); /* 40 links */
    assert_int_equal(look("d/f"), TREE_OK);
    assert_int_equal(file("l40/g", "1").error, TREE_LOOP);
    symlink_to("up", "d/../d/./");
    assert_int_equal(file("up/h", "1").effect, TREE_CREATED);
    assert_int_equal(look("/d/h"), TREE_OK);
}

static void deletes_for_a_type_that_is_none(void **state) {
    (void)state;
    file("f", "1");
    assert_int_equal(apply("f", 0, "", 1, 0).effect, TREE_DELETED);
    assert_int_equal(look("f"), TREE_NO_ENTRY);
}

static void keeps_the_number_of_a_device(void **state) {
    struct archive_entry entry = {
        .header = {.mode = NEWC_CHAR | 0600, .links = 1, .special_major = 1, .special_minor = 3},
        .name = "c",
    };

    (void)state;
    tree_apply(tree, &entry, 1);
    entry.header.special_minor = 5;
    entry.header.mode = NEWC_CHAR | 0666;
    assert_int_equal(tree_apply(tree, &entry, 2).effect, TREE_MERGED);
    assert_int_equal(stat_of("c").special_minor, 3);
    assert_int_equal(stat_of("c").mode, NEWC_CHAR | 0666);
}

static void finds_the_needle_across_pieces(void **state) {
    const struct archive_entry entry = {.header = {.mode = NEWC_REGULAR | 0644, .links = 1, .size_bytes = 9},
                                        .name = "d/list"};
    const struct archive_entry other = {.header = {.mode = NEWC_REGULAR | 0644, .links = 1, .size_bytes = 9},
                                        .name = "d/other"};

    (void)state;
    directory("d", 0755);
    for (size_t cut = 1; cut < 9; cut++) {
        tree_apply(tree, &entry, 1);
        tree_data(tree, (const unsigned char *)"xneedle y", cut);
        tree_data(tree, (const unsigned char *)"xneedle y" + cut, 9 - cut);
        tree_data_end(tree);
        assert_true(stat_of("d/list").mentions);
    }
    tree_apply(tree, &entry, 1);
    for (size_t i = 0; i < 9; i++)
        tree_data(tree, (const unsigned char *)"needXneed" + i, 1);
    tree_data_end(tree);
    assert_false(stat_of("d/list").mentions);
    tree_apply(tree, &other, 1);
    tree_data(tree, (const unsigned char *)"xneedle y", 9);
    tree_data_end(tree);
    assert_false(stat_of("d/other").mentions);
}

static int join(void *context, const char *path, tree_id inode, const struct tree_stat *stat) {
    char *text = context;

    (void)inode;
    (void)stat;
    strcat(text, path);
    strcat(text, " ");
    return 0;
}

static void lists_parents_first_and_in_order(void **state) {
    char text[256] = "";

    (void)state;
    directory("b", 0755);
    directory("b/d", 0755);
    file("b/d/e", "");
    file("b-", "");
    file("a", "");
    assert_int_equal(tree_walk(tree, join, text), 0);
    assert_string_equal(text, "a b b/d b/d/e b- dev dev/console root ");
}

/* What Linux 4.4 and 4.9 leave of hard links, against later kernels: as seen on both. -1: no such file. */
static void follows_either_kernel_for_hard_links(void **state) {
    static const struct {
        const char *entries; /* a name and its data, then the next; a comma ends an archive */
        int sizes_4[3];      /* of a, b and c */
        int sizes_6[3];
        enum tree_quirk quirk; /* of the last entry */
    } cases[] = {
        {"a- b- c4", {4, 4, 4}, {4, 4, 4}, TREE_QUIRK_NONE},
        {"a- b- c4 , a- b- c4", {0, 0, 0}, {4, 4, 4}, TREE_QUIRK_EXISTS},
        {"a4 b- c- , a4 b- c-", {4, 4, 4}, {4, 4, 4}, TREE_QUIRK_NONE},
        {"a4 , b4 , c4 , a- b- c2", {0, 4, 4}, {2, 2, 2}, TREE_QUIRK_EXISTS},
        {"a- a4", {0, -1, -1}, {-1, -1, -1}, TREE_QUIRK_REPEATED},
        {"a- b- b4", {0, 0, -1}, {4, 4, -1}, TREE_QUIRK_EXISTS},
        {"a4 b- b-", {4, 4, -1}, {4, 4, -1}, TREE_QUIRK_NONE},
    };

    (void)state;
    for (int as_linux_4 = 0; as_linux_4 <= 1; as_linux_4++) {
        const struct tree_options options = {.memory_bytes = 1 << 20, .as_linux_4 = as_linux_4};

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            struct tree *whole = tree;
            struct tree_result result = {0};
            const int *sizes = as_linux_4 ? cases[i].sizes_4 : cases[i].sizes_6;

            tree = tree_new(&options);
            for (const char *at = cases[i].entries; *at; at += strcspn(at, " ") + (strchr(at, ' ') != NULL)) {
                char name[2] = {*at, '\0'};

                if (*at == ',')
                    tree_trailer(tree);
                else
                    result = apply(name, NEWC_REGULAR | 0755, at[1] == '-' ? "" : &"1234"[4 - (at[1] - '0')], 3, 9);
            }
            assert_int_equal(result.quirk, cases[i].quirk);
            for (int file = 0; file < 3; file++) {
                const char name[2] = {(char)('a' + file), '\0'};

                if (sizes[file] < 0)
                    assert_int_equal(look(name), TREE_NO_ENTRY);
                else
                    assert_int_equal(stat_of(name).size_bytes, sizes[file]);
            }
            tree_free(tree);
            tree = whole;
        }
    }
}

static void leaves_a_fifo_alone_as_linux_4(void **state) {
    const struct tree_options options = {.memory_bytes = 1 << 20, .as_linux_4 = true};
    struct tree *whole = tree;

    (void)state;
    for (int as_linux_4 = 0; as_linux_4 <= 1; as_linux_4++) {
        if (as_linux_4)
            tree = tree_new(&options);
        apply("b", NEWC_FIFO | 0622, "", 1, 0);
        apply("a", NEWC_FIFO | 0644, "", 2, 9);
        assert_int_equal(apply("b", NEWC_FIFO | 0600, "", 2, 9).quirk, TREE_QUIRK_EXISTS);
        assert_int_equal(stat_of("b").mode, NEWC_FIFO | (as_linux_4 ? 0622 : 0644));
        assert_int_equal(stat_of("b").links, as_linux_4 ? 1 : 2);
    }
    tree_free(tree);
    tree = whole;
}

static void looks_anew_where_a_name_was_removed(void **state) {
    (void)state;
    directory("d", 0755);
    directory("d/e", 0755);
    directory("other", 0755);
    assert_int_equal(look("d/e/f"), TREE_NO_ENTRY); /* the way to d/e is known now */
    assert_int_equal(symlink_to("d/e", "../other").effect, TREE_REPLACED);
    assert_int_equal(file("d/e/f", "1").effect, TREE_CREATED);
    assert_int_equal(look("other/f"), TREE_OK);
    assert_int_equal(symlink_to("d/e", "nowhere").effect, TREE_REPLACED);
    assert_int_equal(file("d/e/g", "1").error, TREE_NO_ENTRY);
    directory("d/x", 0755);
    assert_int_equal(apply("d/x/../x", 0, "", 1, 0).effect, TREE_DELETED); /* by way of itself */
    assert_int_equal(file("d/x/../y", "1").error, TREE_NO_ENTRY);
}

static void counts_links_on_a_known_way(void **state) {
    char name[16] = "d";

    (void)state;
    directory("d", 0755);
    directory("d/d", 0755);
    symlink_to("d/d/up", "..");
    for (int i = 0; i < 40; i++) {
        char link[16];

        snprintf(link, sizeof(link), "l%d", i);
        symlink_to(link, name);
        memcpy(name, link, sizeof(link));
    }
    assert_int_equal(file("l39/d/f", "1").effect, TREE_CREATED); /* 40 links, and the way is known now */
    assert_int_equal(file("l39/d/up/g", "1").error, TREE_LOOP);
    assert_int_equal(file("l38/d/up/g", "1").effect, TREE_CREATED);
}

static void a_known_way_takes_one_step(void **state) {
    uint64_t before;
    char path[4000] = "a";

    (void)state;
    for (int i = 0; i < 1500; i++, strcat(path, "/a"))
        directory(path, 0755);
    strcat(path, "/f");
    look(path);
    before = tree->trail->steps;
    look(path);
    assert_in_range(tree->trail->steps - before, 1, 100);
}

static void ends_at_its_limit_of_steps(void **state) {
    const struct tree_options options = {.memory_bytes = 1 << 20, .steps = 1000};
    struct tree *whole = tree;
    char name[16];

    (void)state;
    tree = tree_new(&options);
    directory("d", 0755);
    directory("e", 0755);
    for (int i = 0; i < 10000 && tree_limit(tree) == TREE_LIMIT_NONE; i++) {
        snprintf(name, sizeof(name), "%s/f%d", i % 2 ? "d" : "e", i);
        file(name, "");
        assert_int_equal(tree_limit(tree) != TREE_LIMIT_NONE, tree->trail->steps > 1000);
    }
    assert_int_equal(tree_limit(tree), TREE_LIMIT_STEPS);
    assert_int_equal(file("next", "").error, TREE_FULL);
    tree_free(tree);
    tree = whole;
}

static void leaves_out_what_cannot_be_named(void **state) {
    char path[4096] = "a";
    char *text = calloc(1, 1 << 24);
    uint64_t lines = 0;

    (void)state;
    for (int i = 0; i < 2000; i++, strcat(path, "/a"))
        directory(path, 0755);
    symlink_to("l", path + 2); /* all 2000 deep */
    memcpy(path, "l/a", 4);
    for (int i = 0; i < 200; i++, strcat(path, "/a"))
        directory(path, 0755);
    assert_int_equal(tree_names(tree), 3 + 2000 + 1 + 200);
    assert_int_equal(tree_walk(tree, join, text), 0);
    for (const char *at = text; *at; at++)
        lines += *at == ' ';
    assert_int_equal(lines, 3 + 1 + 2049); /* the 2049th has 4097 bytes */
    free(text);
}

static void says_when_it_is_full(void **state) {
    char name[16];

    (void)state;
    for (int i = 0; i < 100000 && tree_limit(tree) == TREE_LIMIT_NONE; i++) {
        snprintf(name, sizeof(name), "f%d", i);
        file(name, "");
    }
    assert_true(tree_limit(tree) != TREE_LIMIT_NONE);
    assert_int_equal(file("next", "").error, TREE_FULL);
    /* What fits still is there. */
    assert_int_equal(look("f0"), TREE_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(starts_with_what_the_kernel_has_built_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rewrites_a_file_under_all_its_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(makes_a_name_fresh_by_a_link, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forgets_hard_links_at_a_trailer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(loses_a_hard_link_to_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(deletes_a_link_under_a_directory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changes_only_mode_and_owner_of_a_directory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(drops_what_has_no_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(follows_links_on_the_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(deletes_for_a_type_that_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_the_number_of_a_device, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_the_needle_across_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_parents_first_and_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(follows_either_kernel_for_hard_links, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaves_a_fifo_alone_as_linux_4, set_up, tear_down),
        cmocka_unit_test_setup_teardown(looks_anew_where_a_name_was_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counts_links_on_a_known_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_known_way_takes_one_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ends_at_its_limit_of_steps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaves_out_what_cannot_be_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_when_it_is_full, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
