/* SPDX-License-Identifier: MIT */
/* engine: from the start to a mount that is up, whatever the server does meanwhile. */
#include "sim.h"

static struct sim sim;

#define UP "mount=/Users event=up verdict=ok source=192.168.65.1:/Users"
#define REFUSED                                                                                                        \
    "cause=\"192.168.65.1 refuses connections to rpcbind (port 111) and NFS (port 2049)\" "                            \
    "fix=\"NFS is not running on the Mac: sudo nfsd enable && sudo nfsd start\""

static void a_server_that_answers_is_mounted_proven_and_told_once(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim_start(&sim, NULL);
    sim_run(&sim, 79);
    assert_false(engine_all_up(&sim.engine));
    sim_run(&sim, 80);
    assert_true(engine_all_up(&sim.engine));
    assert_string_equal(sim.log, "+80 info " UP " attempts=1 elapsed_ms=80 proven=\"file read\"\n");
    assert_int_equal(sim.mounts[0].count[WORK_PROBE], 1);
    assert_int_equal(sim.mounts[0].count[WORK_MOUNT], 1);
    assert_int_equal(sim.mounts[0].count[WORK_PROVE], 1);
    assert_int_equal(sim.mounts[0].published, 1);
    assert_string_equal(sim.mounts[0].state, "up");
    assert_int_equal(sim.engine.mounts[0].since_boot_ms, SIM_BOOT_MS + 80);
}

static void a_server_with_the_usual_port_is_mounted_without_a_probe(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim.mounts[0].answers[WORK_TRY] = sim_try_fine;
    sim_start(&sim, NULL);
    sim_run(&sim, 1000);
    assert_string_equal(sim.log, "+40 info " UP " attempts=1 elapsed_ms=40 proven=\"file read\"\n");
    assert_int_equal(sim.mounts[0].count[WORK_PROBE] + sim.mounts[0].count[WORK_MOUNT], 0);
}

/* Half the probe's time; then the probe has all of it. One attempt, one line. */
static void a_try_that_hangs_delays_the_probe_by_half_its_time_and_only_once(void **state) {
    (void)state;
    sim_init(&sim, "probe_timeout = 2\n");
    sim.mounts[0].answers[WORK_TRY] = (struct sim_answer){WORK_HUNG, 0, STEP_MOUNT, 0, true};
    sim.mounts[0].answers[WORK_PROBE] = sim_drops;
    sim_start(&sim, NULL);
    sim_run(&sim, 2999);
    assert_string_equal(sim.log, "");
    sim_run(&sim, 3000);
    assert_non_null(strstr(sim.log, "+3000 warn mount=/Users event=failed verdict=unreachable attempt=1 "));
    sim_run(&sim, 60000);
    assert_int_equal(sim.mounts[0].count[WORK_TRY], 1);
}

/* A mount that was up and is lost is made anew in the shortest way. */
static void a_lost_mount_is_tried_at_once_again(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim_start(&sim, NULL);
    sim_run(&sim, 1000);
    assert_int_equal(sim.mounts[0].count[WORK_TRY], 1);
    sim.mounts[0].seen = FSM_FREE;
    sim.mounts[0].answers[WORK_TRY] = sim_try_fine;
    engine_nudge(&sim.engine, 0, false, sim.now);
    sim_run(&sim, 1040);
    assert_true(engine_all_up(&sim.engine));
    assert_int_equal(sim.mounts[0].count[WORK_TRY], 2);
    assert_int_equal(sim.mounts[0].count[WORK_PROBE], 1);
}

static void a_server_that_refuses_and_then_answers_is_mounted_at_its_next_turn(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim.mounts[0].answers[WORK_PROBE] = sim_refuses;
    sim_start(&sim, NULL);
    sim_run(&sim, 300); /* attempts at 0, 102 and, after two failures, 304 */
    assert_int_equal(sim.mounts[0].count[WORK_PROBE], 2);
    assert_string_equal(sim.mounts[0].state, "waiting");
    sim.mounts[0].answers[WORK_PROBE] = sim_probe_fine;
    sim_run(&sim, 1000);
    assert_string_equal(sim.log, "+2 warn mount=/Users event=failed verdict=refused attempt=1 " REFUSED "\n"
                                 "+104 warn mount=/Users event=failed verdict=refused attempt=2 " REFUSED "\n"
                                 "+384 info " UP " attempts=3 elapsed_ms=80 proven=\"file read\"\n");
    assert_string_equal(sim.mounts[0].state, "up");
}

static void the_same_failure_is_told_at_1_2_4_8_and_the_pauses_grow_to_their_limit(void **state) {
    static const int64_t told_ms[] = {2, 104, 708, 7116, 23132}; /* pauses of 100, 200, 400, 800, 1600, 2000, 2000 … */
    static const unsigned attempts[] = {1, 2, 4, 8, 16};
    char wanted[8192];
    struct text_out out = text_out(wanted, sizeof wanted);

    (void)state;
    sim_init(&sim, "");
    sim.mounts[0].answers[WORK_PROBE] = sim_refuses;
    sim_start(&sim, NULL);
    sim_run(&sim, 40000);
    for (size_t i = 0; i < sizeof told_ms / sizeof told_ms[0]; i++)
        text_putf(&out, "+%lld warn mount=/Users event=failed verdict=refused attempt=%u " REFUSED "\n",
                  (long long)told_ms[i], attempts[i]);
    assert_string_equal(sim.log, wanted);
    assert_int_equal(sim.mounts[0].published, sim.mounts[0].count[WORK_PROBE]);
}

static void another_failure_is_told_at_once_and_counts_anew(void **state) {
    const struct sim_answer unlisted = {WORK_FAILED, 8, STEP_MNT, 0, false};

    (void)state;
    sim_init(&sim, "retry_max = 0.1\n");
    sim.mounts[0].answers[WORK_PROBE] = sim_refuses;
    sim_start(&sim, NULL);
    sim_run(&sim, 650);
    sim_forget(&sim);
    sim.mounts[0].answers[WORK_PROBE] = unlisted;
    sim_run(&sim, 1050);
    assert_non_null(strstr(sim.log, "event=failed verdict=not-exported attempt=8 "));
    assert_non_null(strstr(sim.log, "event=failed verdict=not-exported attempt=9 "));
    assert_non_null(strstr(sim.log, "event=failed verdict=not-exported attempt=11 "));
    assert_null(strstr(sim.log, "attempt=10 "));
}

static void a_probe_that_is_never_answered_ends_at_its_deadline(void **state) {
    (void)state;
    sim_init(&sim, "probe_timeout = 2\n");
    sim.mounts[0].answers[WORK_PROBE] = sim_drops;
    sim_start(&sim, NULL);
    sim_run(&sim, 1999);
    assert_string_equal(sim.log, "");
    sim_run(&sim, 2000);
    assert_string_equal(sim.log, "+2000 warn mount=/Users event=failed verdict=unreachable attempt=1 "
                                 "cause=\"192.168.65.1 does not answer at connect-rpcbind in the time allowed\" "
                                 "fix=\"a firewall or VPN on the Mac blocks it: allow nfsd, rpcbind and mountd\"\n");
    sim_run(&sim, 2100);
    assert_int_equal(sim.mounts[0].count[WORK_PROBE], 2);
}

static void a_nudge_ends_a_pause_and_a_fresh_one_the_growth_of_pauses(void **state) {
    (void)state;
    sim_init(&sim, "retry_max = 3600\n");
    sim.mounts[0].answers[WORK_PROBE] = sim_refuses;
    sim_start(&sim, NULL);
    sim_run(&sim, 10000);
    assert_int_equal(sim.mounts[0].count[WORK_PROBE], 7); /* 0, .1, .3, .7, 1.5, 3.1, 6.3; the next is at 12.7 */
    assert_int_equal(sim.mounts[0].count[WORK_TRY], 1);
    engine_nudge(&sim.engine, 0, true, sim.now);
    assert_int_equal(sim.mounts[0].count[WORK_TRY], 2); /* whatever changed, it may work at once now */
    sim_run(&sim, 10000);
    assert_int_equal(sim.mounts[0].count[WORK_PROBE], 8);
    sim_run(&sim, 11100); /* a server may be coming up: ten short pauses, of 102 ms with the probe, then .2 and so on */
    assert_int_equal(sim.mounts[0].count[WORK_PROBE], 18);
    sim_run(&sim, 11221);
    assert_int_equal(sim.mounts[0].count[WORK_PROBE], 18);
    sim_run(&sim, 11222);
    assert_int_equal(sim.mounts[0].count[WORK_PROBE], 19);
    sim_run(&sim, 11623);
    assert_int_equal(sim.mounts[0].count[WORK_PROBE], 19);
    sim_run(&sim, 11624);
    assert_int_equal(sim.mounts[0].count[WORK_PROBE], 20);
}

static void a_nudge_while_work_is_under_way_changes_nothing(void **state) {
    (void)state;
    sim_init(&sim, "");
    sim_start(&sim, NULL);
    for (int64_t ms = 0; ms < 80; ms += 5) {
        engine_nudge(&sim.engine, 0, true, sim.now);
        sim_run(&sim, ms);
    }
    sim_run(&sim, 80);
    assert_true(engine_all_up(&sim.engine));
    assert_int_equal(sim.mounts[0].count[WORK_PROBE] + sim.mounts[0].count[WORK_MOUNT], 2);
}

static void one_dead_server_delays_no_other_mount(void **state) {
    char settings[CONFIG_MOUNTS_MAX * 32];
    struct text_out out = text_out(settings, sizeof settings);

    (void)state;
    for (int i = 0; i < CONFIG_MOUNTS_MAX; i++)
        text_putf(&out, "mount = s%d:/e:/m%d\n", i, i);
    sim_init(&sim, settings);
    assert_int_equal(sim.config.mount_count, CONFIG_MOUNTS_MAX);
    sim.mounts[7].answers[WORK_PROBE] = sim_drops;
    sim_start(&sim, NULL);
    sim_run(&sim, 80);
    for (uint32_t i = 0; i < CONFIG_MOUNTS_MAX; i++)
        assert_int_equal(engine_is_up(&sim.engine, i), i != 7);
    assert_false(engine_all_up(&sim.engine));
    sim_run(&sim, 30000);
    sim.mounts[7].answers[WORK_PROBE] = sim_probe_fine;
    sim_run(&sim, 36000); /* the probe under way, a pause, and the mount */
    assert_true(engine_all_up(&sim.engine));
    for (uint32_t i = 0; i < CONFIG_MOUNTS_MAX; i++)
        assert_int_equal(sim.mounts[i].count[WORK_MOUNT], 1);
}

static void a_mount_that_comes_after_any_delay_comes_within_one_pause(void **state) {
    (void)state;
    for (int64_t late_ms = 0; late_ms < 20000; late_ms += 237) {
        sim_init(&sim, "");
        sim.mounts[0].answers[WORK_PROBE] = sim_refuses;
        sim_start(&sim, NULL);
        sim_run(&sim, late_ms);
        sim.mounts[0].answers[WORK_PROBE] = sim_probe_fine;
        sim_run(&sim, late_ms + 2002 + 80);
        assert_true(engine_all_up(&sim.engine));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_that_answers_is_mounted_proven_and_told_once),
        cmocka_unit_test(a_server_with_the_usual_port_is_mounted_without_a_probe),
        cmocka_unit_test(a_try_that_hangs_delays_the_probe_by_half_its_time_and_only_once),
        cmocka_unit_test(a_lost_mount_is_tried_at_once_again),
        cmocka_unit_test(a_server_that_refuses_and_then_answers_is_mounted_at_its_next_turn),
        cmocka_unit_test(the_same_failure_is_told_at_1_2_4_8_and_the_pauses_grow_to_their_limit),
        cmocka_unit_test(another_failure_is_told_at_once_and_counts_anew),
        cmocka_unit_test(a_probe_that_is_never_answered_ends_at_its_deadline),
        cmocka_unit_test(a_nudge_ends_a_pause_and_a_fresh_one_the_growth_of_pauses),
        cmocka_unit_test(a_nudge_while_work_is_under_way_changes_nothing),
        cmocka_unit_test(one_dead_server_delays_no_other_mount),
        cmocka_unit_test(a_mount_that_comes_after_any_delay_comes_within_one_pause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
