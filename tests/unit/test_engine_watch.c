/* SPDX-License-Identifier: MIT */
/* engine: what becomes of a mount that is up: down, stale, gone, covered. */
#include "sim.h"

static struct sim sim;

#define UP "mount=/Users event=up verdict=ok source=192.168.65.1:/Users"

/* A mount that has been up for a while, at 1000 ms; checked each 5 s from 80 ms on. */
static void begin(const char *settings) {
    sim_init(&sim, settings);
    sim_start(&sim, NULL);
    sim_run(&sim, 1000);
    assert_true(engine_all_up(&sim.engine));
    sim_forget(&sim);
}

static void a_mount_that_is_up_is_checked_each_period_and_nothing_is_told(void **state) {
    (void)state;
    begin("watch = 5\n");
    sim_run(&sim, 60000);
    assert_int_equal(sim.mounts[0].count[WORK_CHECK], 11);
    assert_string_equal(sim.log, "");
    assert_int_equal(sim.mounts[0].published, 1);
}

static void without_a_watch_no_timer_is_set_while_it_is_up(void **state) {
    (void)state;
    begin("watch = 0\n");
    assert_int_equal(engine_due_ms(&sim.engine), -1);
    sim_run(&sim, 3600000);
    assert_int_equal(sim.mounts[0].count[WORK_CHECK], 0);
}

static void a_server_that_goes_away_is_waited_for_and_its_mount_stays(void **state) {
    (void)state;
    begin("");
    sim.mounts[0].answers[WORK_CHECK] = sim_check_hangs;
    sim_run(&sim, 20000);
    assert_string_equal(sim.mounts[0].state, "down");
    assert_false(engine_all_up(&sim.engine));
    sim.mounts[0].answers[WORK_CHECK] = sim_check_fine;
    sim_run(&sim, 30000);
    /* Missed at 5080 and given up at 7080; checks of 2 s with 0.1 s between them until the first that ends well. */
    assert_string_equal(sim.log, "+7080 warn mount=/Users event=down verdict=down "
                                 "cause=\"192.168.65.1 stopped answering; the mount stays and the kernel reconnects\" "
                                 "fix=\"check that nfsd runs on the Mac: sudo nfsd status\"\n"
                                 "+21780 info mount=/Users event=back verdict=ok down_ms=14700\n");
    assert_true(engine_all_up(&sim.engine));
    assert_string_equal(sim.mounts[0].state, "up");
    assert_int_equal(sim.mounts[0].count[WORK_MOUNT], 1);
    assert_int_equal(sim.mounts[0].count[WORK_DETACH] + sim.mounts[0].count[WORK_UNMOUNT], 0);
}

static void a_stale_handle_is_detached_and_mounted_anew_in_two_lines(void **state) {
    (void)state;
    begin("");
    sim.mounts[0].answers[WORK_CHECK] = sim_check_stale;
    sim_run(&sim, 6000);
    assert_string_equal(sim.log, "+5085 warn mount=/Users event=stale verdict=stale "
                                 "cause=\"the handle of /Users is dead: the export was recreated on the Mac\" "
                                 "fix=\"nothing to do: the agent mounts again\"\n"
                                 "+5167 info " UP " attempts=1 elapsed_ms=80 proven=\"file read\"\n");
    assert_int_equal(sim.mounts[0].count[WORK_DETACH], 1);
    assert_int_equal(sim.mounts[0].count[WORK_MOUNT], 2);
    assert_true(engine_all_up(&sim.engine));
}

static void a_handle_that_turns_stale_while_its_server_is_down_is_replaced_as_well(void **state) {
    (void)state;
    begin("");
    sim.mounts[0].answers[WORK_CHECK] = sim_check_hangs;
    sim_run(&sim, 10000);
    assert_string_equal(sim.mounts[0].state, "down");
    sim.mounts[0].answers[WORK_CHECK] = sim_check_stale;
    sim_run(&sim, 15000);
    assert_true(engine_all_up(&sim.engine));
    assert_string_equal(sim.mounts[0].state, "up");
    assert_int_equal(sim.mounts[0].count[WORK_MOUNT], 2);
}

static void a_mount_that_somebody_took_away_comes_back(void **state) {
    (void)state;
    begin("");
    sim.mounts[0].seen = FSM_FREE;
    engine_nudge(&sim.engine, 0, true, sim.now); /* as a changed mount table does */
    sim_run(&sim, 2000);
    assert_string_equal(sim.log, "+1000 warn mount=/Users event=gone verdict=none "
                                 "cause=\"somebody unmounted it; the agent mounts again\"\n"
                                 "+1080 info " UP " attempts=1 elapsed_ms=80 proven=\"file read\"\n");
    assert_int_equal(sim.mounts[0].count[WORK_DETACH], 0);
}

static void a_mount_that_somebody_covered_is_told_as_a_conflict(void **state) {
    (void)state;
    begin("");
    sim.mounts[0].seen = FSM_FOREIGN;
    engine_nudge(&sim.engine, 0, true, sim.now);
    assert_string_equal(sim.mounts[0].state, "waiting");
    assert_false(engine_all_up(&sim.engine));
    sim.mounts[0].seen = FSM_SAME; /* and uncovered again: ours is still there */
    sim_run(&sim, 2000);
    assert_string_equal(sim.log, "+1000 warn mount=/Users event=failed verdict=conflict attempt=1 "
                                 "cause=\"another file system is on /Users: fuse.osxfs osxfs\" "
                                 "fix=\"remove /Users from Docker's Preferences, File Sharing, and restart Docker\"\n"
                                 "+1110 info " UP " attempts=2 elapsed_ms=10 proven=\"file read\"\n");
    assert_int_equal(sim.mounts[0].count[WORK_MOUNT], 1);
}

static void the_end_of_a_hosts_sleep_leads_to_a_check_at_once(void **state) {
    (void)state;
    begin("watch = 3600\n");
    engine_nudge(&sim.engine, 0, true, sim.now);
    assert_true(sim.mounts[0].working);
    assert_int_equal(sim.mounts[0].work, WORK_CHECK);
    sim_run(&sim, 1005);
    assert_true(engine_all_up(&sim.engine));
    assert_string_equal(sim.log, "");
}

static void a_mount_stays_up_for_people_while_it_is_checked(void **state) {
    (void)state;
    begin("");
    sim.mounts[0].answers[WORK_CHECK] = sim_check_hangs;
    sim_run(&sim, 6000);
    assert_true(sim.mounts[0].working);
    assert_true(engine_all_up(&sim.engine));
    assert_string_equal(engine_state_word(&sim.engine.mounts[0]), "up");
}

static void a_server_that_is_gone_for_long_is_told_once(void **state) {
    (void)state;
    begin("");
    sim.mounts[0].answers[WORK_CHECK] = sim_check_hangs;
    sim_run(&sim, 86400000);
    assert_null(strchr(strchr(sim.log, '\n') + 1, '\n'));
    assert_int_equal(sim.mounts[0].published, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mount_that_is_up_is_checked_each_period_and_nothing_is_told),
        cmocka_unit_test(without_a_watch_no_timer_is_set_while_it_is_up),
        cmocka_unit_test(a_server_that_goes_away_is_waited_for_and_its_mount_stays),
        cmocka_unit_test(a_stale_handle_is_detached_and_mounted_anew_in_two_lines),
        cmocka_unit_test(a_handle_that_turns_stale_while_its_server_is_down_is_replaced_as_well),
        cmocka_unit_test(a_mount_that_somebody_took_away_comes_back),
        cmocka_unit_test(a_mount_that_somebody_covered_is_told_as_a_conflict),
        cmocka_unit_test(the_end_of_a_hosts_sleep_leads_to_a_check_at_once),
        cmocka_unit_test(a_mount_stays_up_for_people_while_it_is_checked),
        cmocka_unit_test(a_server_that_is_gone_for_long_is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
