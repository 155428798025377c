/* SPDX-License-Identifier: MIT */
/* backoff: 0, 100, 200, 400 … never over the limit. */
#include "../../agent/engine/backoff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_pause_doubles_up_to_its_limit(void **state) {
    static const uint32_t delays_ms[] = {0, 100, 200, 400, 800, 1600, 2000, 2000, 2000};

    (void)state;
    for (uint32_t failures = 0; failures < sizeof delays_ms / sizeof delays_ms[0]; failures++)
        assert_int_equal(backoff_delay_ms(failures, 2000), delays_ms[failures]);
}

static void a_limit_that_is_a_step_is_reached_exactly(void **state) {
    (void)state;
    assert_int_equal(backoff_delay_ms(1, 100), 100);
    assert_int_equal(backoff_delay_ms(2, 100), 100);
    assert_int_equal(backoff_delay_ms(4, 800), 800);
    assert_int_equal(backoff_delay_ms(5, 800), 800);
}

static void a_number_of_failures_without_end_does_not_overflow(void **state) {
    (void)state;
    assert_int_equal(backoff_delay_ms(UINT32_MAX, 2000), 2000);
    assert_int_equal(backoff_delay_ms(UINT32_MAX, 3600000), 3600000);
    for (uint32_t failures = 1; failures < 100; failures++) {
        assert_true(backoff_delay_ms(failures, 3600000) <= backoff_delay_ms(failures + 1, 3600000));
        assert_true(backoff_delay_ms(failures, 3600000) >= BACKOFF_FIRST_MS);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pause_doubles_up_to_its_limit),
        cmocka_unit_test(a_limit_that_is_a_step_is_reached_exactly),
        cmocka_unit_test(a_number_of_failures_without_end_does_not_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
