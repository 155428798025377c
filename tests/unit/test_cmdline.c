/* SPDX-License-Identifier: MIT */
/* cmdline: the kernel's own splitting of its command line. */
#include "../../agent/settings/cmdline.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define PARTS_MAX 12

struct part {
    const char *key;
    const char *value; /* NULL: there is no "=" */
    uint32_t column;
};

/* The command line of the real guest, with its stray comma, and ours behind it. */
#define MOBY                                                                                                           \
    "earlyprintk=serial console=ttyS0 com.docker.driver=\"com.docker.driver.amd64-linux\", "                           \
    "com.docker.database=\"com.docker.driver.amd64-linux\" ntp=gateway mobyplatform=mac"

static void a_line_is_split_as_the_kernel_splits_it(void **state) {
    static const struct {
        const char *line;
        struct part parts[PARTS_MAX]; /* ends with a key of NULL */
    } cases[] = {
        {"", {{0}}},
        {"  \t\n", {{0}}},
        {"quiet", {{"quiet", NULL, 1}}},
        {" a=1  b ", {{"a", "1", 2}, {"b", NULL, 7}}},
        {"a=1\n", {{"a", "1", 1}}},
        {"a=\"x y\" b", {{"a", "x y", 1}, {"b", NULL, 9}}},
        {"\"a=x y\" b", {{"a", "x y", 1}, {"b", NULL, 9}}},
        {"a=\"x\"y", {{"a", "x\"y", 1}}},
        {"a=x\" \"y b", {{"a", "x\" \"y", 1}, {"b", NULL, 9}}},
        {"a=\"never closed b", {{"a", "never closed b", 1}}},
        {"a=b=c", {{"a", "b=c", 1}}},
        {"a=", {{"a", "", 1}}},
        {"a=\"\"", {{"a", "", 1}}},
        {"a -- b=1", {{"a", NULL, 1}}},
        {"a --b=1 c", {{"a", NULL, 1}, {"--b", "1", 3}, {"c", NULL, 9}}},
        {"a \"--\" c", {{"a", NULL, 1}}},
        {"--= c", {{"--", "", 1}, {"c", NULL, 5}}},
        {"a=-- b", {{"a", "--", 1}, {"b", NULL, 6}}},
        {MOBY " usermount.wait=5",
         {{"earlyprintk", "serial", 1},
          {"console", "ttyS0", 20},
          {"com.docker.driver", "com.docker.driver.amd64-linux\",", 34},
          {"com.docker.database", "com.docker.driver.amd64-linux", 85},
          {"ntp", "gateway", 137},
          {"mobyplatform", "mac", 149},
          {"usermount.wait", "5", 166}}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cmdline cmdline = cmdline_of(cases[i].line, strlen(cases[i].line));
        struct cmdline_arg arg;
        const struct part *part = cases[i].parts;

        for (; cmdline_next(&cmdline, &arg); part++) {
            assert_non_null(part->key);
            assert_true(text_is(arg.key, part->key));
            assert_int_equal(arg.value.at != NULL, part->value != NULL);
            if (part->value)
                assert_true(text_is(arg.value, part->value));
            assert_int_equal(arg.column, part->column);
        }
        assert_null(part->key);
    }
}

static void a_nul_in_the_text_is_a_blank_and_not_the_end(void **state) {
    struct cmdline cmdline = cmdline_of("a\0b", 3);
    struct cmdline_arg arg;

    (void)state;
    assert_true(cmdline_next(&cmdline, &arg));
    assert_true(text_is(arg.key, "a"));
    assert_true(cmdline_next(&cmdline, &arg));
    assert_true(text_is(arg.key, "b"));
    assert_false(cmdline_next(&cmdline, &arg));
    assert_false(cmdline_next(&cmdline, &arg));
}

static void dash_and_underscore_are_the_same_in_a_name(void **state) {
    (void)state;
    assert_true(cmdline_key_is(text_of("probe_timeout"), "probe_timeout"));
    assert_true(cmdline_key_is(text_of("probe-timeout"), "probe_timeout"));
    assert_false(cmdline_key_is(text_of("probe-timeouts"), "probe_timeout"));
    assert_false(cmdline_key_is(text_of("Wait"), "wait"));
    assert_false(cmdline_key_is(text_of(""), "wait"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_split_as_the_kernel_splits_it),
        cmocka_unit_test(a_nul_in_the_text_is_a_blank_and_not_the_end),
        cmocka_unit_test(dash_and_underscore_are_the_same_in_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
