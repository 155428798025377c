/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../agent/settings/config.h"
#include "../../packer/write/conf.h"

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
                                       false, &text, &size),
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

static size_t complaints;

static void count(void *context, const struct settings_fault *fault) {
    (void)context;
    complaints += !fault->is_warning;
}

/* A value is what is behind the "=": the file's comments, blanks at the end and escapes take nothing of it away. */
static void a_value_is_read_back_as_it_was_given_whatever_it_holds(void **state) {
    static const char alphabet[] = "ab/ \t##\"'\\:,=1";
    static struct config direct, read_back;
    const struct config_origin origin = {.layer = CONFIG_FILE, .line = 1, .column = 1};
    uint64_t seed = 7;
    size_t accepted = 0;

    (void)state;
    for (int n = 0; n < 40000; n++) {
        char set[48] = "mount=/";
        const char *const sets[] = {set};
        char *joined, *again;
        size_t size, size_again, length = strlen(set);

        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        for (uint64_t dice = seed >> 8, left = 1 + (seed & 15); left > 0; left--, dice = dice * 31 + seed) {
            char byte = n < 20000 ? (char)(1 + dice % 255) : alphabet[(dice >> 16) % (sizeof(alphabet) - 1)];
            set[length++] = byte == '\n' || byte == '\r' ? 'n' : byte; /* --set refuses them */
        }
        set[length] = '\0';
        assert_int_equal(settings_join("", 0, false, sets, 1, false, &joined, &size), 0);
        complaints = 0;
        settings_check(joined, size, 1, count, NULL);
        config_defaults(&direct);
        bool is_good = config_set(&direct, CONFIG_MOUNT, text_of(set + strlen("mount=")), origin) == CONFIG_OK;
        for (const char *at = set; *at; at++) /* a layer's business, not config_set's */
            is_good = is_good && !((unsigned char)*at < ' ' && *at != '\t') && *at != 0x7f;
        if ((complaints == 0) != is_good)
            fail_msg("%s is %s, and the file makes it\n%s", set, is_good ? "good" : "bad", joined);
        if (is_good) {
            accepted++;
            config_defaults(&read_back);
            config_file(&read_back, joined, size, NULL, NULL);
            assert_string_equal(read_back.mounts[0].export, direct.mounts[0].export);
            assert_string_equal(read_back.mounts[0].target, direct.mounts[0].target);
            assert_string_equal(read_back.mounts[0].options, direct.mounts[0].options);
        }
        struct settings_parts parts;
        settings_split(joined, size, &parts);
        assert_int_equal(parts.set_count, 1);
        assert_int_equal(settings_join("", 0, false, parts.sets, 1, true, &again, &size_again), 0);
        assert_int_equal(size_again, size);
        free(again);
        free(joined);
    }
    assert_true(accepted > 4000);
}

/* A packer that was here before wrote them otherwise: what is kept stays what the guest has read so far. */
static void kept_lines_stay_as_they_are(void **state) {
    const char *const sets[] = {"wait=9 # a comment", "mount=/a "};
    char *text;
    size_t size;

    (void)state;
    assert_int_equal(settings_join("", 0, false, sets, 2, true, &text, &size), 0);
    assert_string_equal(text, HEADING "wait=9 # a comment\nmount=/a \n");
    free(text);
    assert_int_equal(settings_join("", 0, false, sets, 2, false, &text, &size), 0);
    assert_string_equal(text, HEADING "wait=9 \\043 a comment\nmount=/a\\040\n");
    free(text);
}

static struct settings_fault last;

static void keep(void *context, const struct settings_fault *fault) {
    (void)context;
    last = *fault;
}

static void options_that_no_kernel_of_mobys_knows_are_a_warning_with_its_place(void **state) {
    const char *const sets[] = {"wait=1", "options=ro,nconnect=4"};
    char *text;
    size_t size;

    (void)state;
    assert_int_equal(settings_join("mount = /a:/a:ro\n", 17, true, sets, 2, false, &text, &size), 0);
    assert_int_equal(settings_check(text, size, 2, keep, NULL), 0);
    assert_true(last.is_warning);
    assert_int_equal(last.set, 2);
    assert_string_equal(last.option, "nconnect=4");
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_joined_is_split_into_the_same),
        cmocka_unit_test(what_was_not_joined_is_all_kept),
        cmocka_unit_test(more_lines_than_the_limit_are_all_kept),
        cmocka_unit_test(a_value_is_read_back_as_it_was_given_whatever_it_holds),
        cmocka_unit_test(kept_lines_stay_as_they_are),
        cmocka_unit_test(options_that_no_kernel_of_mobys_knows_are_a_warning_with_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
