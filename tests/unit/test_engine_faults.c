/* SPDX-License-Identifier: MIT */
/* engine: mounts that the kernel refuses, proofs that fail, and targets that are not free. */
#include "sim.h"

static struct sim sim;

static void a_mount_that_the_kernel_refuses_gets_the_verdict_of_its_errno(void **state) {
    static const struct {
        int error;
        enum verdict_code code;
    } cases[] = {
        {ENODEV, VERDICT_NO_KERNEL_NFS},    {EINVAL, VERDICT_BAD_OPTION},    {EBUSY, VERDICT_CONFLICT},
        {EACCES, VERDICT_DENIED},           {ECONNREFUSED, VERDICT_REFUSED}, {ETIMEDOUT, VERDICT_UNREACHABLE},
        {EPROTONOSUPPORT, VERDICT_VERSION}, {EOPNOTSUPP, VERDICT_NO_MOUNTD}, {ESTALE, VERDICT_STALE},
        {ENETUNREACH, VERDICT_NO_ROUTE},    {ENOMEM, VERDICT_INTERNAL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sim_init(&sim, "");
        sim.mounts[0].answers[WORK_MOUNT] = (struct sim_answer){WORK_FAILED, 5, STEP_MOUNT, cases[i].error, false};
        sim_start(&sim, NULL);
        sim_run(&sim, 60);
        assert_int_equal(sim.engine.mounts[0].verdict.code, cases[i].code);
        assert_string_equal(sim.mounts[0].state, "waiting");
        assert_int_equal(sim.mounts[0].count[WORK_DETACH], 0);
        sim_run(&sim, 140); /* and it is tried again */
        assert_int_equal(sim.mounts[0].count[WORK_PROBE], 2);
    }
}

static void a_mount_that_hangs_is_given_up_and_found_when_it_was_made_all_the_same(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim.mounts[0].answers[WORK_MOUNT] = (struct sim_answer){WORK_HUNG, 0, STEP_MOUNT, 0, true};
    sim_start(&sim, NULL);
    sim_run(&sim, 5020);
    assert_int_equal(sim.engine.mounts[0].verdict.code, VERDICT_UNREACHABLE);
    sim.mounts[0].seen = FSM_SAME;
    sim_run(&sim, 6000);
    assert_true(engine_all_up(&sim.engine));
    assert_int_equal(sim.mounts[0].count[WORK_MOUNT], 1);
    assert_non_null(strstr(sim.log, "event=up verdict=ok"));
    sim_stop(&sim);
    assert_int_equal(sim.mounts[0].count[WORK_UNMOUNT], 1); /* it is ours */
}

static void a_mount_that_cannot_be_proven_is_taken_away_again(void **state) {
    static const struct {
        struct sim_answer answer;
        enum verdict_code code;
    } cases[] = {
        {{WORK_HUNG, 0, STEP_READDIR, 0, true}, VERDICT_STALLED},
        {{WORK_HUNG, 0, STEP_READ, 0, true}, VERDICT_STALLED},
        {{WORK_FAILED, 5, STEP_READ, EIO, false}, VERDICT_STALLED},
        {{WORK_STALE, 5, STEP_STATFS, ESTALE, false}, VERDICT_STALE},
        {{WORK_FAILED, 5, STEP_STATFS, ENOTSUP, false}, VERDICT_INTERNAL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sim_init(&sim, "");
        sim.mounts[0].answers[WORK_PROVE] = cases[i].answer;
        sim_start(&sim, NULL);
        sim_run(&sim, 5075);
        assert_true(sim.mounts[0].count[WORK_DETACH] > 0);
        assert_int_equal(sim.engine.mounts[0].verdict.code, cases[i].code);
        assert_null(strstr(sim.log, "event=up"));
        assert_false(engine_all_up(&sim.engine));
        sim.mounts[0].answers[WORK_PROVE] = (struct sim_answer){WORK_DONE, 10, STEP_READ, 0, false};
        sim_run(&sim, 20000);
        assert_true(engine_all_up(&sim.engine));
    }
}

static void a_target_under_another_file_system_is_refused_and_taken_when_it_is_free(void **state) {
    (void)state;
    sim_init(&sim, "conflict = refuse\n");
    sim.mounts[0].seen = FSM_FOREIGN;
    sim_start(&sim, NULL);
    sim_run(&sim, 5000);
    assert_string_equal(sim.mounts[0].state, "waiting");
    assert_int_equal(sim.mounts[0].count[WORK_PROBE], 0);
    assert_int_equal(strncmp(sim.log, "+0 warn mount=/Users event=failed verdict=conflict attempt=1 ", 61), 0);
    sim.mounts[0].seen = FSM_FREE;
    sim_run(&sim, 8000);
    assert_true(engine_all_up(&sim.engine));
}

static void with_over_another_file_system_is_mounted_over(void **state) {
    (void)state;
    sim_init(&sim, "conflict = over\n");
    sim.mounts[0].seen = FSM_FOREIGN;
    sim_start(&sim, NULL);
    sim_run(&sim, 80);
    assert_true(engine_all_up(&sim.engine));
    assert_null(strstr(sim.log, "conflict"));
}

static void what_is_mounted_already_is_proven_and_adopted(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim.mounts[0].seen = FSM_SAME;
    sim_start(&sim, NULL);
    sim_run(&sim, 10);
    assert_string_equal(sim.log, "+10 info mount=/Users event=adopted verdict=adopted source=192.168.65.1:/Users "
                                 "attempts=1 elapsed_ms=10 proven=\"file read\"\n");
    assert_int_equal(sim.mounts[0].count[WORK_PROVE], 1);
    assert_int_equal(sim.mounts[0].count[WORK_PROBE] + sim.mounts[0].count[WORK_MOUNT], 0);
}

static void what_is_mounted_already_from_a_server_that_is_down_is_not_taken_away(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim.mounts[0].seen = FSM_SAME;
    sim.mounts[0].answers[WORK_PROVE] = (struct sim_answer){WORK_HUNG, 0, STEP_STATFS, 0, true};
    sim_start(&sim, NULL);
    sim_run(&sim, 20000);
    assert_string_equal(sim.mounts[0].state, "down");
    assert_int_equal(sim.mounts[0].count[WORK_DETACH], 0);
    sim.mounts[0].answers[WORK_PROVE] = (struct sim_answer){WORK_DONE, 10, STEP_READ, 0, false};
    sim_run(&sim, 30000);
    assert_true(engine_all_up(&sim.engine));
    assert_non_null(strstr(sim.log, "event=back verdict=adopted"));
}

static void a_mount_of_an_earlier_daemon_is_ours_again(void **state) {
    const bool was_made[1] = {true};

    (void)state;
    sim_init(&sim, "");
    sim.mounts[0].seen = FSM_SAME;
    sim_start(&sim, was_made);
    sim_run(&sim, 10);
    assert_true(engine_all_up(&sim.engine));
    sim_stop(&sim);
    sim_run(&sim, 20);
    assert_int_equal(sim.mounts[0].count[WORK_UNMOUNT], 1);
    assert_true(engine_stopped(&sim.engine));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mount_that_the_kernel_refuses_gets_the_verdict_of_its_errno),
        cmocka_unit_test(a_mount_that_hangs_is_given_up_and_found_when_it_was_made_all_the_same),
        cmocka_unit_test(a_mount_that_cannot_be_proven_is_taken_away_again),
        cmocka_unit_test(a_target_under_another_file_system_is_refused_and_taken_when_it_is_free),
        cmocka_unit_test(with_over_another_file_system_is_mounted_over),
        cmocka_unit_test(what_is_mounted_already_is_proven_and_adopted),
        cmocka_unit_test(what_is_mounted_already_from_a_server_that_is_down_is_not_taken_away),
        cmocka_unit_test(a_mount_of_an_earlier_daemon_is_ours_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
