/* SPDX-License-Identifier: MIT */
/* evidence: a record that a stranger may have written, checked before it is used. */
#include "../../agent/engine/evidence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct evidence evidence;

static void clear(void) {
    memset(&evidence, 0, sizeof evidence);
}

static void an_empty_record_is_sane_and_has_no_fault(void **state) {
    (void)state;
    clear();
    assert_true(evidence_check(&evidence));
    assert_int_equal(evidence_fault(&evidence), STEPS);
}

static void a_number_outside_its_range_is_refused(void **state) {
    (void)state;
    for (enum step step = 0; step < STEPS; step++) {
        clear();
        evidence.steps[step].state = STEP_STATES;
        assert_false(evidence_check(&evidence));
        clear();
        evidence.steps[step].error = -1;
        assert_false(evidence_check(&evidence));
    }
    clear();
    evidence.rpc = RPC_OUTCOMES;
    assert_false(evidence_check(&evidence));
    clear();
    evidence.near = NEAR_MISSES;
    assert_false(evidence_check(&evidence));
    clear();
    evidence.prove_read = PROVE_READS;
    assert_false(evidence_check(&evidence));
}

static void a_string_without_an_end_is_refused(void **state) {
    (void)state;
    clear();
    memset(evidence.address, 'a', sizeof evidence.address);
    assert_false(evidence_check(&evidence));
    clear();
    memset(evidence.near_path, 'a', sizeof evidence.near_path);
    assert_false(evidence_check(&evidence));
    clear();
    memset(evidence.exports, 'a', sizeof evidence.exports);
    assert_false(evidence_check(&evidence));
    clear();
    memset(evidence.detail, 'a', sizeof evidence.detail);
    assert_false(evidence_check(&evidence));
    evidence.detail[sizeof evidence.detail - 1] = '\0';
    assert_true(evidence_check(&evidence));
}

static void an_address_that_would_add_mount_options_is_refused(void **state) {
    static const struct {
        const char *address;
        bool fine;
    } cases[] = {
        {"", true},
        {"192.168.65.1", true},
        {"2001:db8::1", true},
        {"fe80::1%eth0", true},
        {"192.168.65.1,soft", false},
        {"192.168.65.1 ", false},
        {"192.168.65.1\n", false},
        {"\xff", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        clear();
        memcpy(evidence.address, cases[i].address, strlen(cases[i].address));
        assert_int_equal(evidence_check(&evidence), cases[i].fine);
    }
}

static void the_fault_is_the_first_step_that_failed_or_hangs(void **state) {
    (void)state;
    for (enum step step = 0; step < STEPS; step++) {
        clear();
        for (enum step before = 0; before < step; before++)
            evidence.steps[before].state = STEP_DONE;
        evidence.steps[step].state = STEP_FAILED;
        assert_int_equal(evidence_fault(&evidence), step);
        evidence.steps[step].state = STEP_RUNNING;
        assert_int_equal(evidence_fault(&evidence), step);
    }
}

static void a_list_that_is_withheld_is_no_fault_once_mount_was_asked(void **state) {
    (void)state;
    clear();
    evidence.steps[STEP_EXPORTS].state = STEP_FAILED;
    assert_int_equal(evidence_fault(&evidence), STEP_EXPORTS);
    evidence.steps[STEP_MNT].state = STEP_DONE;
    assert_int_equal(evidence_fault(&evidence), STEPS);
    evidence.steps[STEP_MNT].state = STEP_FAILED;
    assert_int_equal(evidence_fault(&evidence), STEP_MNT);
}

static void every_step_has_a_name_of_its_own(void **state) {
    (void)state;
    for (enum step a = 0; a < STEPS; a++) {
        assert_non_null(evidence_step_name(a));
        for (enum step b = 0; b < a; b++)
            assert_string_not_equal(evidence_step_name(a), evidence_step_name(b));
    }
}

static void a_goal_is_reached_when_the_steps_that_it_needs_are_done(void **state) {
    static const enum step probe[] = {STEP_RESOLVE,     STEP_CONNECT_NFS, STEP_NULL_NFS, STEP_CONNECT_MOUNTD,
                                      STEP_NULL_MOUNTD, STEP_MNT,         STEP_GETATTR};
    static const enum step mount[] = {STEP_STATFS, STEP_READDIR, STEP_READ};

    (void)state;
    clear();
    for (size_t i = 0; i < sizeof probe / sizeof probe[0]; i++) {
        assert_int_equal(evidence_undone(&evidence, GOAL_PROBE), probe[i]);
        evidence.steps[probe[i]].state = STEP_RUNNING;
        assert_int_equal(evidence_undone(&evidence, GOAL_PROBE), probe[i]);
        evidence.steps[probe[i]].state = STEP_DONE;
    }
    assert_int_equal(evidence_undone(&evidence, GOAL_PROBE), STEPS);
    for (size_t i = 0; i < sizeof mount / sizeof mount[0]; i++) {
        assert_int_equal(evidence_undone(&evidence, GOAL_MOUNT), mount[i]);
        evidence.steps[mount[i]].state = STEP_DONE;
    }
    assert_int_equal(evidence_undone(&evidence, GOAL_MOUNT), STEPS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_record_is_sane_and_has_no_fault),
        cmocka_unit_test(a_number_outside_its_range_is_refused),
        cmocka_unit_test(a_string_without_an_end_is_refused),
        cmocka_unit_test(an_address_that_would_add_mount_options_is_refused),
        cmocka_unit_test(the_fault_is_the_first_step_that_failed_or_hangs),
        cmocka_unit_test(a_list_that_is_withheld_is_no_fault_once_mount_was_asked),
        cmocka_unit_test(a_goal_is_reached_when_the_steps_that_it_needs_are_done),
        cmocka_unit_test(every_step_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
