/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../packer/doctor/marked.h"

#define LINES "# ours\n/Users localhost\n"

/* text with the block's content `lines`, or without it; the caller frees. */
static char *edit(const char *text, const char *lines, bool is_new) {
    struct block block = block_find(text, strlen(text));
    size_t size;
    char *out;

    assert_true(block.answer == BLOCK_ABSENT || block.answer == BLOCK_FOUND);
    assert_int_equal(block_write(text, strlen(text), &block, is_new, lines, &out, &size), 0);
    assert_int_equal(size, strlen(out));
    return out;
}

static void it_goes_in_and_out_without_a_trace(void **state) {
    static const char *const texts[] = {"", "\n", "a", "a\n", "a\n\n", "a\r\n", "# c \\\nb\n", "\\\n\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char *with = edit(texts[i], LINES, false);
        char *again = edit(with, LINES, false);
        char *without = edit(again, NULL, false);

        assert_non_null(strstr(with, "\n" LINES "# usermount-pack: end\n"));
        assert_string_equal(again, with);
        assert_string_equal(without, texts[i]);
        free(with);
        free(again);
        free(without);
    }
}

static void it_stays_in_its_place_and_remembers_how_it_came(void **state) {
    char *with = edit("a", LINES, false);
    char *more = malloc(strlen(with) + 16);
    char *other;
    char *without;

    (void)state;
    assert_non_null(more);
    strcpy(more, with);
    strcat(more, "z\n");
    other = edit(more, "# other\n", false);
    assert_int_equal(strncmp(other, "a\n# usermount-pack: begin ", 26), 0);
    assert_non_null(strstr(other, " no-newline\n# other\n# usermount-pack: end\nz\n"));
    without = edit(other, NULL, false);
    assert_string_equal(without, "a\nz\n");
    free(with);
    free(more);
    free(other);
    free(without);
}

static void a_file_that_was_made_for_it_is_known(void **state) {
    char *with = edit("", LINES, true);
    struct block block = block_find(with, strlen(with));

    (void)state;
    assert_int_equal(block.answer, BLOCK_FOUND);
    assert_true(block.is_new_file);
    assert_int_equal(block.begin, 0);
    assert_int_equal(block.end, strlen(with));
    free(with);
}

static void a_change_by_hand_is_seen(void **state) {
    char *with = edit("a\n", LINES, false);

    (void)state;
    for (size_t i = strlen("a\n# usermount-pack: begin"); i < strlen(with); i++) {
        enum block_answer answer;

        with[i] ^= 1;
        answer = block_find(with, strlen(with)).answer;
        /* The last line may have anything behind it. */
        assert_true(answer == BLOCK_CHANGED || answer == BLOCK_BROKEN || i + 1 == strlen(with));
        with[i] ^= 1;
    }
    free(with);
}

static void what_is_wrong_with_markers_is_told_with_its_line(void **state) {
    static const struct {
        const char *text;
        enum block_answer answer;
        uint32_t line;
    } cases[] = {
        {"a\n# usermount-pack: begin 00000000\n", BLOCK_BROKEN, 2},
        {"# usermount-pack: end\n", BLOCK_BROKEN, 1},
        {"# usermount-pack: begin 00000000\n# usermount-pack: begin 00000000\n# usermount-pack: end\n", BLOCK_BROKEN,
         2},
        {"# usermount-pack: begin 00000000\n# usermount-pack: end\n# usermount-pack: end\n", BLOCK_BROKEN, 3},
        {"# usermount-pack: begin 00000001\n# usermount-pack: end\n", BLOCK_CHANGED, 1},
        {"# usermount-pack: begin 00000000 more\n# usermount-pack: end\n", BLOCK_CHANGED, 1},
        {"# usermount-pack: begin\n# usermount-pack: end\n", BLOCK_CHANGED, 1},
        {"a \\ \n# usermount-pack: begin 00000000\n# usermount-pack: end\n", BLOCK_SWALLOWED, 1},
        {"a\nb \\", BLOCK_CONTINUED, 2},
        {"a\nb \\\t\n", BLOCK_CONTINUED, 2},
        {"a \\\n\n", BLOCK_ABSENT, 0},
        {"# usermount-pack: begin 00000000\n# usermount-pack: end", BLOCK_FOUND, 1},
        {" # usermount-pack: begin\n", BLOCK_ABSENT, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct block block = block_find(cases[i].text, strlen(cases[i].text));

        assert_int_equal(block.answer, cases[i].answer);
        assert_int_equal(block.line, cases[i].line);
        assert_true(strlen(block_fault_text(block.answer)) > 10);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_in_and_out_without_a_trace),
        cmocka_unit_test(it_stays_in_its_place_and_remembers_how_it_came),
        cmocka_unit_test(a_file_that_was_made_for_it_is_known),
        cmocka_unit_test(a_change_by_hand_is_seen),
        cmocka_unit_test(what_is_wrong_with_markers_is_told_with_its_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
