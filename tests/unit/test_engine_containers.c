/* SPDX-License-Identifier: MIT */
/* engine: when a mount is brought to the containers that run already. */
#include "sim.h"

static struct sim sim;

static void begin(const char *settings) {
    sim_init(&sim, settings);
    sim_start(&sim, NULL);
}

static void a_mount_that_is_proven_is_spread_once(void **state) {
    (void)state;
    begin("watch = 5\n");
    sim_run(&sim, 75);
    assert_int_equal(sim.mounts[0].spreads, 0);
    sim_run(&sim, 60000);
    assert_true(sim.mounts[0].count[WORK_CHECK] > 5);
    assert_int_equal(sim.mounts[0].spreads, 1);
}

static void each_mount_is_spread_by_itself(void **state) {
    (void)state;
    sim_init(&sim, "mount = /a\nmount = /b\n");
    sim.mounts[0].answers[WORK_PROBE] = sim_refuses;
    sim_start(&sim, NULL);
    sim_run(&sim, 1000);
    assert_int_equal(sim.mounts[0].spreads, 0);
    assert_int_equal(sim.mounts[1].spreads, 1);
}

static void a_mount_that_was_found_is_not_spread(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim.mounts[0].seen = FSM_SAME;
    sim_start(&sim, NULL);
    sim_run(&sim, 1000);
    assert_true(engine_all_up(&sim.engine));
    assert_int_equal(sim.mounts[0].spreads, 0);
}

static void a_fresh_mount_in_place_of_a_stale_one_is_spread_again(void **state) {
    (void)state;
    begin("watch = 5\n");
    sim_run(&sim, 1000);
    sim.mounts[0].answers[WORK_CHECK] = sim_check_stale;
    sim_run(&sim, 6000);
    assert_int_equal(sim.mounts[0].spreads, 2);
}

static void a_server_that_comes_back_needs_no_spreading(void **state) {
    (void)state;
    begin("watch = 5\n");
    sim_run(&sim, 1000);
    sim.mounts[0].answers[WORK_CHECK] = sim_check_hangs;
    sim_run(&sim, 20000);
    sim.mounts[0].answers[WORK_CHECK] = sim_check_fine;
    sim_run(&sim, 40000);
    assert_true(engine_all_up(&sim.engine));
    assert_int_equal(sim.mounts[0].spreads, 1);
}

static void a_proof_that_fails_is_not_spread(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim.mounts[0].answers[WORK_PROVE] = (struct sim_answer){WORK_FAILED, 10, STEP_READ, EIO, false};
    sim_start(&sim, NULL);
    sim_run(&sim, 30000);
    assert_int_equal(sim.mounts[0].spreads, 0);
}

static void off_spreads_nothing_and_report_looks(void **state) {
    (void)state;
    begin("containers = off\n");
    sim_run(&sim, 1000);
    assert_int_equal(sim.mounts[0].spreads, 0);
    begin("containers = report\n");
    sim_run(&sim, 1000);
    assert_int_equal(sim.mounts[0].spreads, 1);
}

static void a_stop_gives_the_spreading_up(void **state) {
    (void)state;
    begin("");
    sim_run(&sim, 1000);
    assert_int_equal(sim.mounts[0].recalls, 0);
    sim_stop(&sim);
    assert_int_equal(sim.mounts[0].recalls, 1);
    sim_run(&sim, 10000);
    assert_true(engine_stopped(&sim.engine));
    assert_int_equal(sim.mounts[0].spreads, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mount_that_is_proven_is_spread_once),
        cmocka_unit_test(each_mount_is_spread_by_itself),
        cmocka_unit_test(a_mount_that_was_found_is_not_spread),
        cmocka_unit_test(a_fresh_mount_in_place_of_a_stale_one_is_spread_again),
        cmocka_unit_test(a_server_that_comes_back_needs_no_spreading),
        cmocka_unit_test(a_proof_that_fails_is_not_spread),
        cmocka_unit_test(off_spreads_nothing_and_report_looks),
        cmocka_unit_test(a_stop_gives_the_spreading_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
