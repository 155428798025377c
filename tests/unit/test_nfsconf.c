/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../packer/doctor/nfsconf.h"

#define KEY "nfs.server.x"

static void values_are_those_that_nfsd_sees(void **state) {
    static const struct {
        const char *text;
        bool is_set;
        int64_t number;
        bool is_numeric;
        uint32_t line;
    } cases[] = {
        {"", false, 0, false, 0},
        {KEY "=0", true, 0, true, 1},
        {"  " KEY "\t = \t7 \t\n", true, 7, true, 1},
        {KEY, true, 1, true, 1},
        {KEY "=", true, 0, false, 1},
        {KEY "=no", true, 0, false, 1},
        {KEY "=1x", true, 1, false, 1},
        {KEY "=-3", true, -3, true, 1},
        {KEY "=+3", true, 3, true, 1},
        {KEY "=0x1F", true, 31, true, 1},
        {KEY "=0xg", true, 0, false, 1},
        {KEY "=010", true, 8, true, 1},
        {KEY "=08", true, 0, false, 1},
        {KEY "=99999999999999999999999", true, -1, true, 1}, /* (int)LONG_MAX */
        {KEY "=4294967296", true, 0, true, 1},
        {KEY "=4294967297", true, 1, true, 1},
        {KEY "=2147483648", true, INT32_MIN, true, 1},
        {KEY "=-99999999999999999999999", true, 0, true, 1},
        {KEY " = 1 # one", true, 1, true, 1},
        {"#" KEY " = 1", false, 0, false, 0},
        {KEY " \\# = 1", false, 0, false, 0},
        {KEY " \\\n= 4\n", true, 4, true, 1},
        {"\n#\n" KEY "\\\n=\\\n5", true, 5, true, 3},
        {"# comment \\\n" KEY "=6", true, 6, true, 2},
        {"a \\\n" KEY "=6", false, 0, false, 0},
        {KEY "=1\n" KEY "=2\n", true, 2, true, 2},
        {KEY "=1=2", true, 1, false, 1},
        {KEY "x=1\nx" KEY "=1\nNFS.server.x=1", false, 0, false, 0},
        {KEY "=3\\", true, 3, true, 1},
        {KEY "=3\r\n", true, 3, true, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct nfsconf_value value = nfsconf_get(cases[i].text, strlen(cases[i].text), KEY);

        assert_int_equal(value.is_set, cases[i].is_set);
        assert_int_equal(value.number, cases[i].number);
        assert_int_equal(value.is_numeric, cases[i].is_numeric);
        assert_int_equal(value.line, cases[i].line);
    }
}

static void a_line_of_any_length_is_borne(void **state) {
    size_t size = 100000;
    char *text = malloc(size);

    (void)state;
    assert_non_null(text);
    memset(text, ' ', size);
    memcpy(text, KEY "=1\n" KEY "=2", 2 * strlen(KEY) + 5);
    assert_int_equal(nfsconf_get(text, size, KEY).number, 2);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_that_nfsd_sees),
        cmocka_unit_test(a_line_of_any_length_is_borne),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
