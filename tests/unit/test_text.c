/* SPDX-License-Identifier: MIT */
/* text: strict numbers, bounded strings, escapes. */
#include "../../agent/common/text.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Bytes with NULs in them, as text. */
#define BYTES(literal) ((struct text){literal, sizeof(literal) - 1})

static void a_number_is_digits_alone_and_within_its_limit(void **state) {
    static const struct {
        const char *text;
        uint64_t max;
        bool good;
        uint64_t value;
    } cases[] = {
        {"0", 0, true, 0},
        {"007", 7, true, 7},
        {"65535", 65535, true, 65535},
        {"65536", 65535, false, 0},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, false, 0},
        {"99999999999999999999999", UINT64_MAX, false, 0},
        {"", 9, false, 0},
        {"+1", 9, false, 0},
        {"-1", 9, false, 0},
        {" 1", 9, false, 0},
        {"1 ", 9, false, 0},
        {"0x1", 9, false, 0},
        {"1e1", 99, false, 0},
        {"\xd9\xa1", 9, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t value = 4242;
        assert_int_equal(text_u64(text_of(cases[i].text), cases[i].max, &value), cases[i].good);
        assert_int_equal(value, cases[i].good ? cases[i].value : 4242);
    }
}

static void seconds_have_at_most_three_decimals(void **state) {
    static const struct {
        const char *text;
        bool good;
        uint64_t value_ms;
    } cases[] = {
        {"0", true, 0},           {"2", true, 2000},       {"0.25", true, 250},       {"0.5", true, 500},
        {"1.001", true, 1001},    {"3600", true, 3600000}, {"3600.0", true, 3600000}, {"3600.001", false, 0},
        {"1.0001", false, 0},     {"1.", false, 0},        {".5", false, 0},          {"", false, 0},
        {"1.5.0", false, 0},      {"1,5", false, 0},       {"-1", false, 0},          {"1s", false, 0},
        {"4294967296", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t value_ms = 4242;
        assert_int_equal(text_seconds(text_of(cases[i].text), 3600000, &value_ms), cases[i].good);
        assert_int_equal(value_ms, cases[i].good ? cases[i].value_ms : 4242);
    }
}

static void an_octal_escape_stands_for_one_byte(void **state) {
    static const struct {
        const char *text;
        const char *out; /* NULL: broken */
    } cases[] = {
        {"plain", "plain"}, {"a\\040b", "a b"}, {"\\134", "\\"},    {"a\\\\b", "a\\b"}, {"\\303\\244", "\xc3\xa4"},
        {"\\0400", " 0"},   {"", ""},           {"\\377", "\377"},  {"\\000", NULL},    {"\\400", NULL},
        {"\\777", NULL},    {"\\04", NULL},     {"\\", NULL},       {"a\\", NULL},      {"\\x20", NULL},
        {"\\n", NULL},      {"\\048", NULL},    {"\\0\\040", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[32] = "before";
        assert_int_equal(text_unescape(text_of(cases[i].text), out, sizeof out), cases[i].out != NULL);
        assert_string_equal(out, cases[i].out ? cases[i].out : "");
    }
}

static void unescaping_stops_before_the_end_of_its_room(void **state) {
    char out[4];

    (void)state;
    assert_true(text_unescape(text_of("abc"), out, sizeof out));
    assert_string_equal(out, "abc");
    assert_false(text_unescape(text_of("abcd"), out, sizeof out));
    assert_string_equal(out, "");
    assert_true(text_unescape(text_of("\\101\\102\\103"), out, sizeof out));
    assert_string_equal(out, "ABC");
    assert_false(text_unescape(BYTES("a\0b"), out, sizeof out));
    assert_string_equal(out, "");
}

static void a_copy_fits_whole_or_not_at_all(void **state) {
    char out[4];

    (void)state;
    assert_true(text_copy(text_of("abc"), out, sizeof out));
    assert_string_equal(out, "abc");
    assert_false(text_copy(text_of("abcd"), out, sizeof out));
    assert_string_equal(out, "");
    assert_false(text_copy(BYTES("a\0"), out, sizeof out));
    assert_true(text_copy((struct text){NULL, 0}, out, sizeof out));
    assert_string_equal(out, "");
}

static void cutting_gives_what_is_before_the_separator_and_leaves_what_is_behind(void **state) {
    struct text rest = text_of("a::b");

    (void)state;
    assert_true(text_is(text_cut(&rest, ':'), "a"));
    assert_true(text_is(text_cut(&rest, ':'), ""));
    assert_non_null(rest.at);
    assert_true(text_is(text_cut(&rest, ':'), "b"));
    assert_null(rest.at);
    assert_true(text_is((struct text){"", text_cut(&rest, ':').len}, ""));
}

static void an_empty_part_behind_the_last_separator_is_a_part(void **state) {
    struct text rest = text_of("a:");

    (void)state;
    text_cut(&rest, ':');
    assert_non_null(rest.at);
    assert_int_equal(rest.len, 0);
    assert_int_equal(text_cut(&rest, ':').len, 0);
    assert_null(rest.at);
}

static void trimming_takes_blanks_and_tabs_at_both_ends_only(void **state) {
    (void)state;
    assert_true(text_is(text_trim(text_of(" \t a b\t ")), "a b"));
    assert_true(text_is(text_trim(text_of("\na\n")), "\na\n"));
    assert_int_equal(text_trim(text_of(" \t ")).len, 0);
}

static void a_prefix_may_be_the_whole_text(void **state) {
    (void)state;
    assert_true(text_has_prefix(text_of("usermount."), "usermount."));
    assert_true(text_has_prefix(text_of("usermount.wait"), "usermount."));
    assert_false(text_has_prefix(text_of("usermount"), "usermount."));
    assert_true(text_has_prefix(text_of(""), ""));
}

static void building_past_the_end_cuts_and_says_so(void **state) {
    char buf[6];
    struct text_out out = text_out(buf, sizeof buf);

    (void)state;
    text_put(&out, "abc");
    assert_false(out.cut);
    text_put(&out, "de");
    assert_false(out.cut);
    text_put_char(&out, 'f');
    assert_true(out.cut);
    assert_string_equal(buf, "abcde");
    assert_int_equal(out.len, 5);
    text_put(&out, "more");
    text_putf(&out, "%d", 7);
    assert_string_equal(buf, "abcde");
}

static void formatting_past_the_end_keeps_what_fits(void **state) {
    char buf[6];
    struct text_out out = text_out(buf, sizeof buf);

    (void)state;
    text_putf(&out, "%s", "ab");
    text_putf(&out, "%d", 12345);
    assert_true(out.cut);
    assert_string_equal(buf, "ab123");
    assert_int_equal(out.len, 5);
}

static void room_for_the_end_alone_holds_nothing(void **state) {
    char buf[1] = {'x'};
    struct text_out out = text_out(buf, sizeof buf);

    (void)state;
    text_put(&out, "");
    assert_false(out.cut);
    text_putf(&out, "%s", "a");
    assert_true(out.cut);
    assert_string_equal(buf, "");
}

static void control_bytes_become_visible_and_utf8_stays(void **state) {
    char buf[64];
    struct text_out out = text_out(buf, sizeof buf);

    (void)state;
    text_put_visible(&out, "a\033[31m\x7f\n\xc3\xa4 \\");
    assert_string_equal(buf, "a\\033[31m\\177\\012\xc3\xa4 \\");
}

static void a_digit_has_its_value_in_either_case(void **state) {
    static const char digits[] = "0123456789abcdef", upper[] = "0123456789ABCDEF", others[] = "/:@G`gxX -";

    (void)state;
    for (int value = 0; value < 16; value++) {
        assert_int_equal(text_digit(digits[value]), value);
        assert_int_equal(text_digit(upper[value]), value);
    }
    for (size_t i = 0; i < sizeof others; i++) /* the NUL too */
        assert_int_equal(text_digit(others[i]), 16);
}

static void below_goes_by_whole_parts(void **state) {
    static const struct {
        const char *inner, *outer;
        bool is;
    } cases[] = {
        {"a/b", "a", true},
        {"a", "a", true},
        {"a", "", true},
        {"", "", true},
        {"ab", "a", false},
        {"a", "a/b", false},
        {"", "a", false},
        {"b/a", "a", false},
        {"/Users", "/Users", true},
        {"/Users/me", "/Users", true},
        {"/Users", "/", true},
        {"/", "/", true},
        {"/Users2", "/Users", false},
        {"/Users", "/Users/me", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(text_is_below(text_of(cases[i].inner), text_of(cases[i].outer)), cases[i].is);
}

static void takes_a_prefix_or_nothing(void **state) {
    struct text rest = text_of("addr=10.0.0.1");

    (void)state;
    assert_false(text_take(&rest, "address="));
    assert_true(text_is(rest, "addr=10.0.0.1"));
    assert_true(text_take(&rest, "addr="));
    assert_true(text_is(rest, "10.0.0.1"));
    assert_true(text_take(&rest, "10.0.0.1"));
    assert_true(text_same(rest, text_of("")));
    assert_false(text_take(&rest, "1"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(below_goes_by_whole_parts),
        cmocka_unit_test(takes_a_prefix_or_nothing),
        cmocka_unit_test(a_digit_has_its_value_in_either_case),
        cmocka_unit_test(a_number_is_digits_alone_and_within_its_limit),
        cmocka_unit_test(seconds_have_at_most_three_decimals),
        cmocka_unit_test(an_octal_escape_stands_for_one_byte),
        cmocka_unit_test(unescaping_stops_before_the_end_of_its_room),
        cmocka_unit_test(a_copy_fits_whole_or_not_at_all),
        cmocka_unit_test(cutting_gives_what_is_before_the_separator_and_leaves_what_is_behind),
        cmocka_unit_test(an_empty_part_behind_the_last_separator_is_a_part),
        cmocka_unit_test(trimming_takes_blanks_and_tabs_at_both_ends_only),
        cmocka_unit_test(a_prefix_may_be_the_whole_text),
        cmocka_unit_test(building_past_the_end_cuts_and_says_so),
        cmocka_unit_test(formatting_past_the_end_keeps_what_fits),
        cmocka_unit_test(room_for_the_end_alone_holds_nothing),
        cmocka_unit_test(control_bytes_become_visible_and_utf8_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
