/* SPDX-License-Identifier: MIT */
/* logfmt: any bytes in, one line out, and the same bytes back. */
#include "../../agent/engine/logfmt.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void a_value_is_quoted_and_escaped_where_it_must_be(void **state) {
    static const struct {
        const char *value, *line;
    } cases[] = {
        {"plain", "k=plain"},
        {"", "k=\"\""},
        {"a b", "k=\"a b\""},
        {"a=b", "k=\"a=b\""},
        {"a\"b", "k=\"a\\\"b\""},
        {"a\\b", "k=\"a\\\\b\""},
        {"a\nb", "k=\"a\\nb\""},
        {"a\tb", "k=\"a\\tb\""},
        {"\033[1m", "k=\"\\x1b[1m\""},
        {"\x7f", "k=\"\\x7f\""},
        {"\r", "k=\"\\x0d\""},
        {"\xc3\xa4", "k=\xc3\xa4"},
        {"/Users:x,y;'#", "k=/Users:x,y;'#"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char line[64];
        struct text_out out = text_out(line, sizeof line);
        logfmt_put(&out, "k", cases[i].value);
        assert_string_equal(line, cases[i].line);
    }
}

static void every_byte_comes_back_as_it_was(void **state) {
    (void)state;
    for (int a = 1; a < 256; a++) {
        for (int b = 1; b < 256; b += a % 7 + 1) {
            char value[3] = {(char)a, (char)b, '\0'}, line[64], back[8];
            struct text_out out = text_out(line, sizeof line);
            struct text rest, key;

            logfmt_put(&out, "first", value);
            logfmt_put(&out, "second", "x");
            assert_null(strchr(line, '\n'));
            rest = text_of(line);
            assert_true(logfmt_next(&rest, &key, back, sizeof back));
            assert_true(text_is(key, "first"));
            assert_string_equal(back, value);
            assert_true(logfmt_next(&rest, &key, back, sizeof back));
            assert_true(text_is(key, "second"));
            assert_false(logfmt_next(&rest, &key, back, sizeof back));
        }
    }
}

static void what_is_no_logfmt_ends_the_reading(void **state) {
    static const char *const lines[] = {"",          " ",          "k",           "=v",     "k=\"open", "k=\"a\\\"",
                                        "k=\"\\q\"", "k=\"\\x1\"", "k=\"\\x00\"", "k=a\"b", "k=a=b",    "two words=1"};

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct text rest = text_of(lines[i]), key;
        char value[16];
        assert_false(logfmt_next(&rest, &key, value, sizeof value));
    }
}

static void a_value_that_is_too_long_is_cut_and_the_next_key_is_found(void **state) {
    struct text rest = text_of("a=\"1234567 9\" b=2"), key;
    char value[5];

    (void)state;
    assert_true(logfmt_next(&rest, &key, value, sizeof value));
    assert_string_equal(value, "1234");
    assert_true(logfmt_next(&rest, &key, value, sizeof value));
    assert_true(text_is(key, "b"));
    assert_string_equal(value, "2");
}

static void a_time_is_utc_with_milliseconds(void **state) {
    static const struct {
        int64_t real_ms;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {1467331200123, "2016-07-01T00:00:00.123Z"},
        {951782399999, "2000-02-28T23:59:59.999Z"},
        {951782400000, "2000-02-29T00:00:00.000Z"},
        {951868800000, "2000-03-01T00:00:00.000Z"},
        {1483228799000, "2016-12-31T23:59:59.000Z"},
        {4107542400000, "2100-03-01T00:00:00.000Z"}, /* 2100 has no leap day */
        {4107542399000, "2100-02-28T23:59:59.000Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {-86400000, "1969-12-31T00:00:00.000Z"},
        {253402300799999, "9999-12-31T23:59:59.999Z"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[40];
        struct text_out out = text_out(text, sizeof text);
        logfmt_time(cases[i].real_ms, &out);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_quoted_and_escaped_where_it_must_be),
        cmocka_unit_test(every_byte_comes_back_as_it_was),
        cmocka_unit_test(what_is_no_logfmt_ends_the_reading),
        cmocka_unit_test(a_value_that_is_too_long_is_cut_and_the_next_key_is_found),
        cmocka_unit_test(a_time_is_utc_with_milliseconds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
