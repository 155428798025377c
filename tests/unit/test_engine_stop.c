/* SPDX-License-Identifier: MIT */
/* engine: a stop, in every state; and a long random life, in which what must always hold always holds. */
#include "dice.h"

static struct sim sim;

static void stop_and_end(int64_t within_ms) {
    sim_stop(&sim);
    sim_run(&sim, sim.now.mono_ms + within_ms);
    assert_true(engine_stopped(&sim.engine));
    assert_int_equal(engine_due_ms(&sim.engine), -1);
    for (uint32_t i = 0; i < sim.config.mount_count; i++) {
        assert_false(sim.mounts[i].working);
        assert_string_equal(engine_state_word(&sim.engine.mounts[i]), "stopped");
    }
}

static void a_stop_unmounts_what_was_mounted(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim_start(&sim, NULL);
    sim_run(&sim, 1000);
    sim_forget(&sim);
    stop_and_end(10);
    assert_string_equal(sim.log, "+1003 info mount=/Users event=unmounted verdict=none\n");
    assert_string_equal(sim.mounts[0].state, "stopped");
}

static void a_stop_detaches_what_is_busy_and_says_so(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim.mounts[0].answers[WORK_UNMOUNT] = (struct sim_answer){WORK_FAILED, 3, STEPS, 0, false};
    sim_start(&sim, NULL);
    sim_run(&sim, 1000);
    sim_forget(&sim);
    stop_and_end(10);
    assert_string_equal(sim.log, "+1005 info mount=/Users event=unmounted verdict=none "
                                 "cause=\"it was busy and is detached: open files stay until they are closed\"\n");
    assert_int_equal(sim.mounts[0].count[WORK_DETACH], 1);
}

static void a_stop_leaves_an_adopted_mount_where_it_is(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim.mounts[0].seen = FSM_SAME;
    sim_start(&sim, NULL);
    sim_run(&sim, 1000);
    sim_forget(&sim);
    stop_and_end(0);
    assert_string_equal(sim.log, "+1000 info mount=/Users event=left verdict=none "
                                 "cause=\"usermount did not mount it, so it stays mounted\"\n");
    assert_int_equal(sim.mounts[0].count[WORK_UNMOUNT] + sim.mounts[0].count[WORK_DETACH], 0);
}

/* It may have come about after its worker was killed: in the pause after that nobody has looked yet. */
static void a_stop_unmounts_a_mount_that_was_given_up_and_came_about(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim.mounts[0].answers[WORK_MOUNT] = (struct sim_answer){WORK_HUNG, 0, STEP_MOUNT, 0, true};
    sim_start(&sim, NULL);
    sim_run(&sim, 5021);
    assert_int_equal(sim.engine.mounts[0].state, FSM_WAITING);
    sim.mounts[0].seen = FSM_SAME;
    sim_forget(&sim);
    stop_and_end(10);
    assert_string_equal(sim.log, "+5024 info mount=/Users event=unmounted verdict=none\n");
    assert_int_equal(sim.mounts[0].count[WORK_UNMOUNT], 1);
}

/* The attempt failed; then somebody mounted the same by hand, and nobody has looked yet. */
static void a_stop_leaves_what_somebody_else_has_mounted_after_a_failure(void **state) {
    static const struct sim_answer failures[] = {
        {WORK_FAILED, 1, STEP_MOUNT, ECONNREFUSED, false}, /* mount(2) itself says no */
        {WORK_FAILED, 1, STEP_TARGET, EROFS, false},       /* it is not reached */
        {WORK_HUNG, 0, STEP_TARGET, 0, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        sim_init(&sim, "");
        sim.mounts[0].answers[WORK_TRY] = sim.mounts[0].answers[WORK_MOUNT] = failures[i];
        sim_start(&sim, NULL);
        while (sim.engine.mounts[0].state != FSM_WAITING)
            sim_run(&sim, sim.now.mono_ms + 1);
        assert_int_equal(sim.mounts[0].count[WORK_MOUNT], 1);
        sim.mounts[0].seen = FSM_SAME;
        sim_forget(&sim);
        stop_and_end(0);
        assert_non_null(strstr(sim.log, " info mount=/Users event=left verdict=none "
                                        "cause=\"usermount did not mount it, so it stays mounted\"\n"));
        assert_int_equal(sim.mounts[0].count[WORK_UNMOUNT] + sim.mounts[0].count[WORK_DETACH], 0);
    }
}

/* After a failure, and after ours was unmounted: it is adopted, and not told, nor brought to containers, as ours. */
static void what_somebody_else_mounts_is_adopted_whatever_was_tried_before(void **state) {
    (void)state;
    for (int was_up = 0; was_up < 2; was_up++) {
        sim_init(&sim, "");
        if (was_up)
            sim_start(&sim, NULL);
        sim_run(&sim, 1000);
        assert_int_equal(engine_all_up(&sim.engine), was_up);
        sim.mounts[0].seen = FSM_FREE;
        sim.mounts[0].answers[WORK_PROBE] = sim_refuses;
        if (was_up)
            engine_nudge(&sim.engine, 0, true, sim.now);
        else
            sim_start(&sim, NULL);
        while (sim.engine.mounts[0].state != FSM_WAITING)
            sim_run(&sim, sim.now.mono_ms + 1);
        sim.mounts[0].seen = FSM_SAME;
        uint32_t spreads = sim.mounts[0].spreads;
        sim_run(&sim, sim.now.mono_ms + 3000);
        assert_non_null(strstr(sim.log, "event=adopted verdict=adopted"));
        assert_int_equal(sim.mounts[0].spreads, spreads);
        assert_false(sim.engine.mounts[0].made);
        stop_and_end(0);
        assert_non_null(strstr(sim.log, "event=left verdict=none"));
        assert_int_equal(sim.mounts[0].count[WORK_UNMOUNT], 0);
    }
}

/* Its worker is killed, and its mount(2) may be done before that. */
static void a_stop_in_the_middle_of_a_mount_unmounts_it(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim.mounts[0].answers[WORK_TRY] = (struct sim_answer){WORK_HUNG, 0, STEP_MOUNT, 0, true};
    sim_start(&sim, NULL);
    sim_run(&sim, 10);
    assert_int_equal(sim.engine.mounts[0].state, FSM_TRYING);
    stop_and_end(10);
    assert_int_equal(sim.mounts[0].count[WORK_UNMOUNT], 1);
}

static void a_stop_leaves_what_somebody_else_has_mounted_over_it(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim_start(&sim, NULL);
    sim_run(&sim, 1000);
    sim.mounts[0].seen = FSM_FOREIGN;
    sim_forget(&sim);
    stop_and_end(0);
    assert_string_equal(sim.log, "+1000 info mount=/Users event=stopped verdict=none\n");
    assert_int_equal(sim.mounts[0].count[WORK_UNMOUNT] + sim.mounts[0].count[WORK_DETACH], 0);
}

/* Every moment of an ordinary life, of one whose mount hangs, of one that goes stale, of one that is down. */
static void a_stop_at_any_moment_of_any_life_ends(void **state) {
    static const struct {
        enum work work;
        struct sim_answer answer;
    } lives[] = {
        {WORK_TRY, {WORK_DONE, 30, STEP_MOUNT, 0, false}},
        {WORK_TRY, {WORK_HUNG, 0, STEP_MOUNT, 0, true}},
        {WORK_PROBE, {WORK_FAILED, 2, STEP_CONNECT_RPCBIND, ECONNREFUSED, false}},
        {WORK_PROBE, {WORK_HUNG, 0, STEP_CONNECT_RPCBIND, 0, true}},
        {WORK_MOUNT, {WORK_HUNG, 0, STEP_MOUNT, 0, true}},
        {WORK_PROVE, {WORK_HUNG, 0, STEP_READ, 0, true}},
        {WORK_CHECK, {WORK_HUNG, 0, STEP_STATFS, 0, true}},
        {WORK_CHECK, {WORK_STALE, 500, STEP_STATFS, ESTALE, false}},
        {WORK_DETACH, {WORK_HUNG, 0, STEPS, 0, false}},
        {WORK_UNMOUNT, {WORK_HUNG, 0, STEPS, 0, false}},
    };
    bool met[FSM_STATES] = {false};

    (void)state;
    for (size_t life = 0; life < sizeof lives / sizeof lives[0]; life++) {
        for (int64_t ms = 0; ms < 12000; ms += ms < 200 ? 1 : 97) {
            sim_init(&sim, "");
            sim.mounts[0].answers[lives[life].work] = lives[life].answer;
            if (lives[life].work == WORK_DETACH)
                sim.mounts[0].answers[WORK_CHECK] = sim_check_stale;
            sim_start(&sim, NULL);
            sim_run(&sim, ms);
            met[sim.engine.mounts[0].state] = true;
            bool may_be_mounted = sim.mounts[0].seen == FSM_SAME && sim.engine.mounts[0].made;
            stop_and_end(8000);
            assert_true(!may_be_mounted || sim.mounts[0].seen == FSM_FREE || lives[life].work == WORK_UNMOUNT ||
                        lives[life].work == WORK_DETACH);
        }
    }
    for (enum fsm_state one = FSM_PROBING; one < FSM_STATES; one++) /* looks are over as soon as they begin */
        assert_true(met[one] || one == FSM_REVIEWING || one == FSM_UNMOUNTING || one == FSM_LEAVING);
}

static void a_second_stop_and_late_nudges_change_nothing(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim_start(&sim, NULL);
    sim_run(&sim, 1000);
    sim_stop(&sim);
    sim_stop(&sim);
    engine_nudge(&sim.engine, 0, true, sim.now);
    sim_run(&sim, 2000);
    engine_nudge(&sim.engine, 0, true, sim.now);
    sim_run(&sim, 3000);
    assert_true(engine_stopped(&sim.engine));
    assert_int_equal(sim.mounts[0].count[WORK_UNMOUNT], 1);
    assert_int_equal(sim.mounts[0].count[WORK_PROBE], 1);
}

static void check_invariants(void) {
    for (uint32_t i = 0; i < sim.config.mount_count; i++) {
        const struct engine_mount *mount = &sim.engine.mounts[i];
        bool timed = mount->state == FSM_WAITING || mount->state == FSM_DOWN;
        bool works = mount->state == FSM_TRYING || mount->state == FSM_PROBING || mount->state == FSM_MOUNTING ||
                     mount->state == FSM_PROVING || mount->state == FSM_CHECKING || mount->state == FSM_DETACHING ||
                     mount->state == FSM_UNMOUNTING || mount->state == FSM_LEAVING;

        assert_int_equal(mount->working, works);
        assert_true(!timed || mount->due_ms >= 0);
        assert_true(mount->state != FSM_LOOKING && mount->state != FSM_REVIEWING);
        assert_true(!engine_is_up(&sim.engine, i) || (mount->proven && sim.mounts[i].published > 0));
        if (mount->state == FSM_UP)
            assert_true(mount->proven && mount->down_ms < 0 && mount->due_ms >= 0);
        if (mount->state == FSM_DOWN)
            assert_true(mount->down_ms >= 0);
        assert_true(mount->due_ms < 0 || mount->due_ms <= sim.now.mono_ms + 5000);
    }
}

static void what_must_always_hold_holds_on_a_random_walk(void **state) {
    (void)state;
    dice_begin("walk");
    for (int life = 0; life < 100; life++) {
        sim_init(&sim, "mount = a:/1\nmount = b:/2\nmount = c:/3\n");
        for (uint32_t i = 0; i < 3; i++)
            sim.mounts[i].seen = roll(3) == 0 ? FSM_SAME : FSM_FREE;
        sim_start(&sim, NULL);
        for (int event = 0; event < 1000; event++) {
            dice_happen(&sim);
            sim_run(&sim, sim.now.mono_ms + roll(400));
            sim_forget(&sim);
            check_invariants();
        }
        stop_and_end(8000);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_unmounts_what_was_mounted),
        cmocka_unit_test(a_stop_detaches_what_is_busy_and_says_so),
        cmocka_unit_test(a_stop_leaves_an_adopted_mount_where_it_is),
        cmocka_unit_test(a_stop_unmounts_a_mount_that_was_given_up_and_came_about),
        cmocka_unit_test(a_stop_leaves_what_somebody_else_has_mounted_after_a_failure),
        cmocka_unit_test(what_somebody_else_mounts_is_adopted_whatever_was_tried_before),
        cmocka_unit_test(a_stop_in_the_middle_of_a_mount_unmounts_it),
        cmocka_unit_test(a_stop_leaves_what_somebody_else_has_mounted_over_it),
        cmocka_unit_test(a_stop_at_any_moment_of_any_life_ends),
        cmocka_unit_test(a_second_stop_and_late_nudges_change_nothing),
        cmocka_unit_test(what_must_always_hold_holds_on_a_random_walk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
