/* SPDX-License-Identifier: MIT */
/* Whom -mapall and -maproot name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../../packer/exports/cred.h"
#include "exports_world.h"

static void expect(const char *value, enum exports_cred_answer answer, struct exports_cred cred) {
    struct exports_cred read;

    assert_int_equal(exports_cred_read(world_of(false), value, &read), answer);
    if (answer == EXPORTS_CRED_FINE)
        assert_true(exports_same_cred(&read, &cred));
}

static void users_and_groups_are_named_or_numbered(void **state) {
    (void)state;
    expect("me", EXPORTS_CRED_FINE, (struct exports_cred){501, {20}, 1});
    expect("501", EXPORTS_CRED_FINE, (struct exports_cred){501, {20}, 1});
    expect("-2", EXPORTS_CRED_FINE, (struct exports_cred){-2, {-2}, 1});
    expect("777:20", EXPORTS_CRED_FINE, (struct exports_cred){777, {20}, 1});
    expect("me:staff:80", EXPORTS_CRED_FINE, (struct exports_cred){501, {20, 80}, 2});
    expect("501:20 what follows", EXPORTS_CRED_FINE, (struct exports_cred){501, {20}, 1});
    expect("501:nosuch:20", EXPORTS_CRED_FINE, (struct exports_cred){501, {20}, 1});
}

static void what_nobody_is_called_drops_the_line(void **state) {
    char value[600];

    (void)state;
    expect("777", EXPORTS_CRED_NO_USER, exports_nobody);
    expect("nosuch:20", EXPORTS_CRED_NO_USER, exports_nobody);
    expect("$(id -u):$(id -g)", EXPORTS_CRED_NO_USER, exports_nobody);
    expect("501:", EXPORTS_CRED_NO_GROUP, exports_nobody);
    expect("501:nosuch", EXPORTS_CRED_NO_GROUP, exports_nobody);
    memset(value, 'u', sizeof value);
    value[sizeof value - 1] = '\0';
    expect(value, EXPORTS_CRED_NO_USER, exports_nobody);
    memcpy(value, "501:", 4);
    expect(value, EXPORTS_CRED_NO_GROUP, exports_nobody);
}

static void all_of_a_mapping_is_compared(void **state) {
    static const struct exports_cred one = {501, {20, 80}, 2};

    (void)state;
    assert_true(exports_same_cred(&one, &(struct exports_cred){501, {20, 80}, 2}));
    assert_false(exports_same_cred(&one, &(struct exports_cred){502, {20, 80}, 2}));
    assert_false(exports_same_cred(&one, &(struct exports_cred){501, {20}, 1}));
    assert_false(exports_same_cred(&one, &(struct exports_cred){501, {20, 81}, 2}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_and_groups_are_named_or_numbered),
        cmocka_unit_test(what_nobody_is_called_drops_the_line),
        cmocka_unit_test(all_of_a_mapping_is_compared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
