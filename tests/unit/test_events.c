/* SPDX-License-Identifier: MIT */
/* The watcher's pure half: gathering, echoes, exclusion, and where an export lies. */
#include "../../packer/events/echo.h"
#include "../../agent/stream/exclude.h"
#include "../../packer/events/fsevent.h"
#include "../../packer/events/gather.h"
#include "../../packer/events/holder.h"
#include "../../packer/events/place.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void assert_text(struct text text, const char *wanted) {
    assert_int_equal(text.len, strlen(wanted));
    if (text.len > 0)
        assert_memory_equal(text.at, wanted, text.len);
}

/* --------------------------------------------------------------------------------------------------- gather */

static struct gather gather;

static void add(const char *path, unsigned causes) {
    gather_add(&gather, text_of(path), causes, false);
}

static const char *below(void) {
    static char text[STREAM_PATH_BYTES + 1];
    struct text path;

    if (!gather_all_below(&gather, &path))
        return NULL;
    memcpy(text, path.at, path.len);
    text[path.len] = '\0';
    return text;
}

static int empty(void **state) {
    (void)state;
    gather_clear(&gather);
    return 0;
}

static void each_path_is_gathered_once_in_the_order_of_coming(void **state) {
    (void)state;
    assert_true(gather_is_empty(&gather));
    add("b", ECHO_CONTENT);
    add("a/c", ECHO_ATTRIBUTES);
    add("b", ECHO_UNKNOWN);
    gather_add(&gather, text_of("a/c"), ECHO_ATTRIBUTES, true);
    add("", ECHO_ATTRIBUTES);
    assert_false(gather_is_empty(&gather));
    assert_int_equal(gather.count, 3);
    assert_text(gather_path(&gather, 0), "b");
    assert_text(gather_path(&gather, 1), "a/c");
    assert_text(gather_path(&gather, 2), "");
    assert_int_equal(gather.paths[0].causes, ECHO_CONTENT | ECHO_UNKNOWN);
    assert_int_equal(gather.paths[1].causes, ECHO_ATTRIBUTES);
    assert_true(gather.paths[1].was_folder);
    assert_false(gather.paths[0].was_folder);
    assert_null(below());
}

static void what_was_cleared_is_gone(void **state) {
    (void)state;
    for (int round = 0; round < 5; round++) {
        char name[32];
        for (int i = 0; i < 3000; i++) {
            snprintf(name, sizeof name, "d/%d", i * 7 + round);
            add(name, ECHO_CONTENT);
        }
        assert_int_equal(gather.count, 3000);
        assert_text(gather_path(&gather, 2999), name);
        gather_clear(&gather);
        assert_true(gather_is_empty(&gather));
        for (size_t i = 0; i < GATHER_SLOTS; i++)
            assert_int_equal(gather.slots[i], 0);
    }
}

static void too_many_paths_become_their_common_folder(void **state) {
    char name[64];

    (void)state;
    for (unsigned i = 0; i < GATHER_PATHS; i++) {
        snprintf(name, sizeof name, "me/src/%u/x", i);
        add(name, ECHO_CONTENT);
    }
    assert_int_equal(gather.count, GATHER_PATHS);
    add("me/src/0/x", ECHO_CONTENT); /* no new one */
    assert_null(below());
    add("me/src/new", ECHO_CONTENT);
    assert_string_equal(below(), "me/src");
    assert_int_equal(gather.count, 0);
    add("me/src/a/b/c", ECHO_CONTENT);
    assert_string_equal(below(), "me/src");
    add("me/src", ECHO_CONTENT); /* itself: of its folder */
    assert_string_equal(below(), "me");
    add("you/x", ECHO_CONTENT);
    assert_string_equal(below(), "");
    assert_int_equal(gather.count, 0);
}

static void too_long_names_become_their_common_folder_too(void **state) {
    char name[1400];
    unsigned put = 0;

    (void)state;
    memset(name, 'n', sizeof name);
    for (size_t i = 200; i < sizeof name; i += 200)
        name[i] = '/';
    memcpy(name, "top/", 4);
    while (!below()) {
        snprintf(name + sizeof name - 12, 12, "%011u", put++);
        gather_add(&gather, (struct text){name, sizeof name - 1}, ECHO_CONTENT, false);
        assert_true(put < 2000);
    }
    assert_int_equal(put, GATHER_TEXT_BYTES / (sizeof name - 1) + 1);
    assert_true(strlen(below()) == 1200 - 1 + 1); /* up to the last slash */
}

static void below_takes_what_was_gathered_with_it(void **state) {
    (void)state;
    gather_below(&gather, text_of("a/b"));
    assert_string_equal(below(), "a/b");
    gather_below(&gather, text_of("a/b/c"));
    assert_string_equal(below(), "a/b");
    gather_below(&gather, text_of("a/d"));
    assert_string_equal(below(), "a");
    gather_clear(&gather);
    add("a/b/c/d", ECHO_CONTENT);
    add("a/b/x", ECHO_CONTENT);
    gather_below(&gather, text_of("a/b/c"));
    assert_string_equal(below(), "a/b");
    gather_clear(&gather);
    add("x", ECHO_CONTENT);
    gather_below(&gather, text_of("a"));
    assert_string_equal(below(), "");
    gather_clear(&gather);
    assert_null(below());
    assert_true(gather_is_empty(&gather));
}

/* ----------------------------------------------------------------------------------------------------- echo */

static struct echo echo;
#define S INT64_C(1000000000)
#define NOW (1700000000 * S + 500)

static struct stream_record record(const char *path) {
    return (struct stream_record){
        .mode = 0100644, .inode = 7, .size_bytes = 10, .mtime_ns = 1600000000 * S + 1, .path = text_of(path)};
}

static enum echo_answer judge(struct stream_record one, unsigned causes) {
    return echo_judge(&echo, &one, causes, NOW);
}

static int forget(void **state) {
    static uint64_t seed;

    (void)state;
    echo_forget(&echo, ++seed);
    return 0;
}

static void the_same_numbers_again_are_an_echo(void **state) {
    struct stream_record a = record("a");

    (void)state;
    assert_int_equal(judge(a, ECHO_ATTRIBUTES), ECHO_TELL);
    assert_int_equal(judge(a, ECHO_ATTRIBUTES), ECHO_DROP);
    assert_int_equal(judge(a, ECHO_UNKNOWN), ECHO_DROP);
    assert_int_equal(judge(a, ECHO_UNKNOWN | ECHO_ATTRIBUTES), ECHO_DROP);
    assert_int_equal(judge(a, ECHO_CONTENT | ECHO_ATTRIBUTES), ECHO_TELL);
    assert_int_equal(judge(record("b"), ECHO_ATTRIBUTES), ECHO_TELL);
    a.folder_inode = 99; /* it is no part of the file */
    assert_int_equal(judge(a, ECHO_ATTRIBUTES), ECHO_DROP);
}

static void another_number_is_told(void **state) {
    struct stream_record a = record("a");

    (void)state;
    judge(a, ECHO_ATTRIBUTES);
    a.inode++;
    assert_int_equal(judge(a, ECHO_ATTRIBUTES), ECHO_TELL);
    a.size_bytes++;
    assert_int_equal(judge(a, ECHO_ATTRIBUTES), ECHO_TELL);
    a.mtime_ns++;
    assert_int_equal(judge(a, ECHO_ATTRIBUTES), ECHO_TELL);
    a.mode ^= 0100;
    assert_int_equal(judge(a, ECHO_ATTRIBUTES), ECHO_TELL);
    assert_int_equal(judge(a, ECHO_ATTRIBUTES), ECHO_DROP);
}

static void what_is_gone_or_not_known_is_always_told_and_ends_the_memory(void **state) {
    struct stream_record a = record("a"), gone = {.flags = STREAM_IS_GONE, .path = text_of("a")};

    (void)state;
    judge(a, ECHO_ATTRIBUTES);
    assert_int_equal(judge(gone, ECHO_CONTENT), ECHO_TELL);
    assert_int_equal(judge(gone, ECHO_UNKNOWN), ECHO_TELL);
    assert_int_equal(judge(a, ECHO_UNKNOWN), ECHO_TELL); /* it is back, and is what it was */
    assert_int_equal(judge((struct stream_record){.path = text_of("b")}, ECHO_UNKNOWN), ECHO_TELL);
    assert_int_equal(judge((struct stream_record){.path = text_of("b")}, ECHO_UNKNOWN), ECHO_TELL);
}

static void whole_seconds_are_in_doubt_for_two_of_them(void **state) {
    struct stream_record a = record("a");

    (void)state;
    a.mtime_ns = NOW / S * S;
    assert_int_equal(judge(a, ECHO_UNKNOWN), ECHO_TELL);
    assert_int_equal(judge(a, ECHO_UNKNOWN), ECHO_TELL_SAME);
    assert_int_equal(judge(a, ECHO_ATTRIBUTES), ECHO_DROP);
    a.mtime_ns += 3 * S; /* a clock that goes wrong */
    judge(a, ECHO_UNKNOWN);
    assert_int_equal(judge(a, ECHO_UNKNOWN), ECHO_DROP);
    a.mtime_ns -= 5 * S;
    judge(a, ECHO_UNKNOWN);
    assert_int_equal(judge(a, ECHO_UNKNOWN), ECHO_DROP);
    a.mtime_ns = NOW - 400;
    judge(a, ECHO_UNKNOWN);
    assert_int_equal(judge(a, ECHO_UNKNOWN), ECHO_DROP);
    a.mtime_ns = -3 * S;
    judge(a, ECHO_UNKNOWN);
    assert_int_equal(judge(a, ECHO_UNKNOWN), ECHO_DROP);
}

static void the_youngest_are_remembered(void **state) {
    char name[32];
    unsigned dropped = 0, count = ECHO_SETS * ECHO_WAYS / 4;

    (void)state;
    for (int round = 0; round < 2; round++)
        for (unsigned i = 0; i < count; i++) {
            snprintf(name, sizeof name, "me/%u", i);
            dropped += judge(record(name), ECHO_ATTRIBUTES) == ECHO_DROP;
        }
    assert_true(dropped > count * 99 / 100);
    for (unsigned i = 0; i < ECHO_SETS * ECHO_WAYS * 4; i++) {
        snprintf(name, sizeof name, "you/%u", i);
        judge(record(name), ECHO_ATTRIBUTES);
        if (i % 100 == 0) /* asked for again and again, it stays */
            judge(record("me/0"), ECHO_ATTRIBUTES);
    }
    assert_int_equal(judge(record(name), ECHO_ATTRIBUTES), ECHO_DROP);
    assert_int_equal(judge(record("me/0"), ECHO_ATTRIBUTES), ECHO_DROP);
    assert_int_equal(judge(record("me/1"), ECHO_ATTRIBUTES), ECHO_TELL);
    forget(NULL);
    assert_int_equal(judge(record("me/0"), ECHO_ATTRIBUTES), ECHO_TELL);
}

/* -------------------------------------------------------------------------------------------------- exclude */

static void a_pattern_matches_part_by_part(void **state) {
    static const struct {
        const char *pattern, *path;
        bool is;
    } cases[] = {
        {"*/Library", "me/Library", true},
        {"*/Library", "me/Library/Caches/x", true},
        {"*/Library", "me", false},
        {"*/Library", "Library", false},
        {"*/Library", "me/x/Library", false},
        {"*/Library", "me/Libraryx", false},
        {"*/Library", "me/library", false},
        {"a", "a", true},
        {"a", "", false},
        {"*", "anything/at/all", true},
        {"*", "", false},
        {"*.log", "x.log", true},
        {"*.log", "x.log.1", false},
        {"*.log*", "x.log.1", true},
        {"a*b*c", "aXbXbXc", true},
        {"a*b*c", "aXbXbX", false},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"a?c", "a/c", false},
        {"**", "x", true},
        {"*/node_modules/*", "me/node_modules/x", true},
        {"*/node_modules/*", "me/node_modules", false},
        {"[a]", "a", false},
        {"[a]", "[a]", true},
        {"me/\xff?", "me/\xff\xfe", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct exclude exclude = {1, {text_of(cases[i].pattern)}};
        assert_int_equal(exclude_is(&exclude, text_of(cases[i].path)), cases[i].is);
    }
}

static void any_of_the_patterns_is_enough(void **state) {
    struct exclude exclude = {2, {text_of("a"), text_of("b/c")}};

    (void)state;
    assert_true(exclude_is(&exclude, text_of("a/x")));
    assert_true(exclude_is(&exclude, text_of("b/c")));
    assert_false(exclude_is(&exclude, text_of("b/d")));
    assert_false(exclude_is(&(struct exclude){0}, text_of("a")));
}

static void stars_cost_no_more_than_their_product(void **state) {
    char name[STREAM_PART_BYTES + 1];
    struct exclude exclude = {1, {text_of("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b")}};

    (void)state;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    for (int i = 0; i < 1000; i++)
        assert_false(exclude_is(&exclude, text_of(name)));
}

static void a_deeper_export_has_what_is_left_of_them(void **state) {
    struct exclude exclude = {3, {text_of("*/Library"), text_of("you/tmp"), text_of("*/*/cache/x")}};
    struct exclude left = exclude_below(&exclude, text_of("me"));

    (void)state;
    assert_int_equal(left.count, 2);
    assert_text(left.patterns[0], "Library");
    assert_text(left.patterns[1], "*/cache/x");
    left = exclude_below(&exclude, text_of(""));
    assert_int_equal(left.count, 3);
    left = exclude_below(&exclude, text_of("me/Library/Developer")); /* who names it wants it */
    assert_int_equal(left.count, 0);
    left = exclude_below(&exclude, text_of("me/Library"));
    assert_int_equal(left.count, 1);
    assert_text(left.patterns[0], "cache/x");
}

/* ---------------------------------------------------------------------------------------------------- place */

static void a_path_inside_a_folder_by_either_of_its_names(void **state) {
    static const struct {
        const char *root, *path, *below; /* NULL: not in it */
    } cases[] = {
        {"/Users", "/Users/me/a", "me/a"},
        {"/Users", "/Users", ""},
        {"/Users", "/Users/", ""},
        {"/Users", "/Users/me/", "me"},
        {"/Users", "/Usersx", NULL},
        {"/Users", "/", NULL},
        {"/Users", "/System/Volumes/Data/Users/me", "me"},
        {"/System/Volumes/Data/Users", "/Users/me", "me"},
        {"/System/Volumes/Data/Users", "/System/Volumes/Data/Users/me", "me"},
        {"/System/Volumes/Data/Users", "/System/Volumes/DataX/Users/me", NULL},
        {"/tmp/x", "/private/tmp/x/y", "y"},
        {"/private/tmp/x", "/tmp/x/y", "y"},
        {"/private/var/x", "/System/Volumes/Data/private/var/x/y", "y"},
        {"/private/etc", "/etc/hosts", "hosts"},
        {"/private/secret", "/secret/x", NULL},
        {"/secret", "/private/secret/x", NULL},
        {"/", "/a/b", "a/b"},
        {"/", "/", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text below = {"none", 4};
        bool is = place_inside(text_of(cases[i].root), text_of(cases[i].path), &below);
        assert_int_equal(is, cases[i].below != NULL);
        assert_text(below, is ? cases[i].below : "none");
    }
}

static void the_command_line_names_exports_and_their_folders(void **state) {
    static const struct {
        const char *word, *export, *folder; /* NULL: refused */
    } cases[] = {
        {"/Users", "/Users", "/Users"},
        {"/Users=/tmp/x/", "/Users", "/tmp/x/"},
        {"/", "/", "/"},
        {"/a=/b=c", "/a", "/b=c"},
        {"Users", NULL, NULL},
        {"", NULL, NULL},
        {"/Users/", NULL, NULL},
        {"/Users/../x", NULL, NULL},
        {"/Users=", NULL, NULL},
        {"/Users=relative", NULL, NULL},
        {"=/x", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct place place;
        const char *why = place_read(cases[i].word, &place);
        assert_int_equal(why == NULL, cases[i].export != NULL);
        if (!why) {
            assert_text(place.export, cases[i].export);
            assert_text(place.folder, cases[i].folder);
        }
    }
}

static void the_nearest_place_serves_an_export(void **state) {
    struct place places[3];
    struct text below;

    (void)state;
    place_read("/Users", &places[0]);
    place_read("/Users/me/work=/Volumes/work", &places[1]);
    place_read("/data", &places[2]);
    assert_ptr_equal(place_find(places, 3, text_of("/Users"), &below), &places[0]);
    assert_text(below, "");
    assert_ptr_equal(place_find(places, 3, text_of("/Users/me"), &below), &places[0]);
    assert_text(below, "me");
    assert_ptr_equal(place_find(places, 3, text_of("/Users/me/work/x"), &below), &places[1]);
    assert_text(below, "x");
    assert_ptr_equal(place_find(places, 3, text_of("/System/Volumes/Data/Users/me"), &below), &places[0]);
    assert_text(below, "me");
    assert_null(place_find(places, 3, text_of("/Volumes"), &below));
    assert_null(place_find(places, 3, text_of("/"), &below));
}

static void who_has_a_port_is_what_lsof_says(void **state) {
    static const struct {
        const char *said, *who;
    } cases[] = {
        {"p812\ncnginx\nf6\n", "nginx (process 812)"},
        {"p812\ncnginx\np813\ncnginx\n", "nginx (process 812)"},
        {"", ""},
        {"p812\n", ""},
        {"cnginx\n", ""},
        {"lsof: unknown option\n", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[100];
        struct text_out out = text_out(text, sizeof text);
        assert_int_equal(holder_read(text_of(cases[i].said), &out), cases[i].who[0] != '\0');
        assert_string_equal(text, cases[i].who);
    }
}

static void flags_of_fsevents_mean_the_most_that_they_say(void **state) {
    static const struct {
        uint32_t flags;
        enum fsevent_kind kind;
    } cases[] = {
        {0, FSEVENT_EDIT},     {0x11900, FSEVENT_EDIT},  {0x20100, FSEVENT_EDIT},  {0x40, FSEVENT_EDIT},
        {0x80, FSEVENT_EDIT},  {0x1, FSEVENT_BELOW},     {0x20001, FSEVENT_BELOW}, {0x3, FSEVENT_ALL},
        {0x5, FSEVENT_ALL},    {0x8, FSEVENT_ALL},       {0x18, FSEVENT_ALL},      {0x10, FSEVENT_NOTHING},
        {0x11, FSEVENT_BELOW}, {0x20, FSEVENT_NEW_ROOT}, {0x21, FSEVENT_NEW_ROOT}, {0x2b, FSEVENT_NEW_ROOT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(fsevent_kind(cases[i].flags), cases[i].kind);
    assert_true(fsevent_is_folder(0x20100));
    assert_false(fsevent_is_folder(0x10100));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_path_is_gathered_once_in_the_order_of_coming, empty),
        cmocka_unit_test_setup(what_was_cleared_is_gone, empty),
        cmocka_unit_test_setup(too_many_paths_become_their_common_folder, empty),
        cmocka_unit_test_setup(too_long_names_become_their_common_folder_too, empty),
        cmocka_unit_test_setup(below_takes_what_was_gathered_with_it, empty),
        cmocka_unit_test_setup(the_same_numbers_again_are_an_echo, forget),
        cmocka_unit_test_setup(another_number_is_told, forget),
        cmocka_unit_test_setup(what_is_gone_or_not_known_is_always_told_and_ends_the_memory, forget),
        cmocka_unit_test_setup(whole_seconds_are_in_doubt_for_two_of_them, forget),
        cmocka_unit_test_setup(the_youngest_are_remembered, forget),
        cmocka_unit_test(a_pattern_matches_part_by_part),
        cmocka_unit_test(any_of_the_patterns_is_enough),
        cmocka_unit_test(stars_cost_no_more_than_their_product),
        cmocka_unit_test(a_deeper_export_has_what_is_left_of_them),
        cmocka_unit_test(a_path_inside_a_folder_by_either_of_its_names),
        cmocka_unit_test(the_command_line_names_exports_and_their_folders),
        cmocka_unit_test(the_nearest_place_serves_an_export),
        cmocka_unit_test(who_has_a_port_is_what_lsof_says),
        cmocka_unit_test(flags_of_fsevents_mean_the_most_that_they_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
