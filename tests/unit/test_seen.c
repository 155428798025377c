/* SPDX-License-Identifier: MIT */
/* What a worker remembers of the mounts that it has tried: which ones another look retries, and which stay behind. */
#include "../../agent/containers/seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { HERE = 1, THERE = 2 }; /* namespaces */

static struct containers_memory memory;

static int set_up(void **state) {
    (void)state;
    memory = (struct containers_memory){.look = 1};
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    free(memory.seen);
    return 0;
}

static int behind(uint64_t mounts, uint32_t id, bool again) {
    return containers_remember(&memory, (struct containers_seen){mounts, id, true, again, 0});
}

static int healed(uint64_t mounts, uint32_t id) {
    return containers_remember(&memory, (struct containers_seen){.mounts = mounts, .id = id});
}

static void test_what_nobody_has_tried_is_unknown(void **state) {
    (void)state;
    healed(HERE, 10);
    assert_non_null(containers_known(&memory, HERE, 10));
    assert_null(containers_known(&memory, HERE, 11));
    assert_null(containers_known(&memory, THERE, 10));
    assert_false(containers_was_seen(&memory, THERE, 10));
}

static void test_what_is_healed_is_seen_in_every_look(void **state) {
    (void)state;
    healed(HERE, 10);
    assert_true(containers_was_seen(&memory, HERE, 10));
    memory.look++;
    assert_true(containers_was_seen(&memory, HERE, 10));
    assert_int_equal(containers_behind(&memory), 0);
}

static void test_what_may_pass_is_retried_in_the_next_look_and_not_in_this_one(void **state) {
    (void)state;
    behind(HERE, 10, true);
    behind(HERE, 11, false);
    assert_true(containers_was_seen(&memory, HERE, 10));
    memory.look++;
    assert_false(containers_was_seen(&memory, HERE, 10));
    assert_true(containers_was_seen(&memory, HERE, 11));
    assert_int_equal(containers_behind(&memory), 2);
    assert_int_equal(containers_again(&memory), 1);
}

static void test_it_says_whether_a_mount_was_behind_before(void **state) {
    (void)state;
    assert_int_equal(behind(HERE, 10, true), 0);
    assert_int_equal(behind(THERE, 10, true), 0);
    memory.look++;
    assert_int_equal(behind(HERE, 10, false), 1);
    assert_int_equal(healed(THERE, 10), 0);
    assert_int_equal(behind(THERE, 10, false), 0);
    assert_int_equal(memory.count, 2);
    assert_int_equal(containers_behind(&memory), 2);
    assert_int_equal(containers_again(&memory), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_nobody_has_tried_is_unknown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_healed_is_seen_in_every_look, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_may_pass_is_retried_in_the_next_look_and_not_in_this_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_it_says_whether_a_mount_was_behind_before, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
