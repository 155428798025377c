/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../packer/settings.h"

#define HEADING "\n# Set by usermount-pack add:\n"
#define OWN_HEADING "\n# Set by usermount-pack add --config:\n"

struct sample {
    const char *base;
    bool is_own;
    const char *sets[3];
    size_t count;
    const char *joined;
    const char *base_again; /* NULL: as it was */
};

static const struct sample samples[] = {
    {"wait = 5\n", false, {NULL}, 0, "wait = 5\n", NULL},
    {"wait = 5", false, {NULL}, 0, "wait = 5\n", "wait = 5\n"},
    {"", false, {"wait=9"}, 1, HEADING "wait=9\n", NULL},
    {"# a\n",
     false,
     {"wait=9", "mount=/Users:/Users:#=", "wait="},
     3,
     "# a\n" HEADING "wait=9\nmount=/Users:/Users:#=\nwait=\n",
     NULL},
    {"", true, {NULL}, 0, OWN_HEADING, NULL},
    {"wait = 5", true, {"strict=yes"}, 1, "wait = 5\n" OWN_HEADING "strict=yes\n", "wait = 5\n"},
    /* A base that was copied from a guest has a heading of its own. */
    {"# a\n" HEADING "wait=9\n", false, {NULL}, 0, "# a\n" HEADING "wait=9\n" HEADING, NULL},
    {"# a\n" OWN_HEADING "wait=9\n", false, {"wait=1"}, 1, "# a\n" OWN_HEADING "wait=9\n" HEADING "wait=1\n", NULL},
};

static void what_is_joined_is_split_into_the_same(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        const struct sample *sample = &samples[i];
        const char *base = sample->base_again ? sample->base_again : sample->base;
        struct settings_parts parts;
        size_t size;
        char *text;

        assert_int_equal(settings_join(sample->base, strlen(sample->base), sample->is_own, sample->sets, sample->count,
                                       &text, &size),
                         0);
        assert_string_equal(text, sample->joined);
        assert_int_equal(size, strlen(sample->joined));
        settings_split(text, size, &parts);
        assert_int_equal(parts.is_own, sample->is_own);
        assert_int_equal(parts.base_size, strlen(base));
        assert_memory_equal(text, base, strlen(base));
        assert_int_equal(parts.set_count, sample->count);
        for (size_t j = 0; j < parts.set_count; j++)
            assert_string_equal(parts.sets[j], sample->sets[j]);
        free(text);
    }
}

/* Nobody's join wrote these; all of it is kept as the user's own. */
static void what_was_not_joined_is_all_kept(void **state) {
    static const struct {
        const char *text;
        size_t size;
    } odd[] = {
#define TEXT(text) {text, sizeof(text) - 1}
        TEXT("# a\n" HEADING "wait=9"),
        TEXT("# a\n" HEADING "wait\n"),
        TEXT("# a\n" HEADING "wait=9\n\n"),
        TEXT("# a\n" HEADING "wait=9\n# more\n"),
        TEXT("# a\n" HEADING "=9\n"),
        TEXT("# a\n" HEADING "wait=9\0\n"),
        TEXT("# a\n\n# Set by usermount-pack add"),
        TEXT("# a\n\n# Set by usermount-pack add --set:\nwait=9\n"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        char text[128] = {0};
        struct settings_parts parts;

        memcpy(text, odd[i].text, odd[i].size);
        settings_split(text, odd[i].size, &parts);
        assert_true(parts.is_own);
        assert_int_equal(parts.base_size, odd[i].size);
        assert_int_equal(parts.set_count, 0);
        assert_memory_equal(text, odd[i].text, odd[i].size);
    }
}

static void more_lines_than_the_limit_are_all_kept(void **state) {
    char text[1024] = HEADING;
    struct settings_parts parts;

    (void)state;
    for (size_t i = 0; i < SETTINGS_SETS_MAX; i++)
        memcpy(text + strlen(text), "wait=1\n", sizeof("wait=1\n"));
    settings_split(text, strlen(text), &parts);
    assert_int_equal(parts.set_count, SETTINGS_SETS_MAX);
    assert_false(parts.is_own);
    memcpy(text, HEADING, strlen(HEADING));
    for (size_t at = strlen(HEADING); at < strlen(HEADING) + SETTINGS_SETS_MAX * 7; at += 7)
        text[at + 6] = '\n';
    memcpy(text + strlen(text), "wait=1\n", sizeof("wait=1\n"));
    settings_split(text, strlen(text), &parts);
    assert_int_equal(parts.set_count, 0);
    assert_true(parts.is_own);
    assert_int_equal(parts.base_size, strlen(text));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_joined_is_split_into_the_same),
        cmocka_unit_test(what_was_not_joined_is_all_kept),
        cmocka_unit_test(more_lines_than_the_limit_are_all_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
