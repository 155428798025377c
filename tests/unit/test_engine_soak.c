/* SPDX-License-Identifier: MIT */
/*
 * engine: hours of random servers in virtual time. Never two workers for one mount (sim.h looks), never more work
 * than its pauses allow, and the log tells every change once: what a reader of the log believes is what is.
 */
#include "dice.h"

#include <stdlib.h>

enum { MOUNTS = 3, HOUR_MS = 3600 * 1000, ROUNDS = 1000, WORKS_PER_MINUTE_MAX = 700 };

static struct sim sim;

/* What the log has said of a mount so far. */
static struct {
    bool up, down;
    uint32_t events, ups, downs, backs, losses, failures;
} told[MOUNTS];

static void begin(const char *name) {
    dice_begin(name);
    memset(told, 0, sizeof told);
    sim_init(&sim, "mount = a:/1\nmount = b:/2\nmount = c:/3\n");
}

static bool says(const char *line, const char *event) {
    const char *at = strstr(line, " event=");
    size_t len = strlen(event);

    return at && strncmp(at + 7, event, len) == 0 && (at[7 + len] == ' ' || at[7 + len] == '\0');
}

/* One line of the log: only what may follow on what was told before. */
static void hear(const char *line) {
    const char *at = strstr(line, " mount=/");

    assert_non_null(at);
    uint32_t i = (uint32_t)(at[8] - '1');
    assert_true(i < MOUNTS);
    told[i].events++;
    if (says(line, "up") || says(line, "adopted")) {
        assert_false(told[i].up);
        told[i].up = true;
        told[i].ups++;
    } else if (says(line, "down")) {
        assert_false(told[i].down);
        told[i].down = true;
        told[i].downs++;
    } else if (says(line, "back")) {
        assert_true(told[i].down);
        told[i].down = false;
        told[i].up = true;
        told[i].backs++;
    } else if (says(line, "stale") || says(line, "gone")) {
        told[i].up = told[i].down = false;
        told[i].losses++;
    } else {
        assert_true(says(line, "failed"));
        told[i].failures++;
        if (strstr(line, "verdict=conflict"))
            told[i].up = told[i].down = false;
    }
}

static void read_log(void) {
    for (char *line = sim.log, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        hear(line);
    }
    sim_forget(&sim);
}

static void check(void) {
    for (uint32_t i = 0; i < MOUNTS; i++) {
        const struct engine_mount *mount = &sim.engine.mounts[i];
        assert_int_equal(told[i].down, mount->down_ms >= 0);
        assert_int_equal(told[i].up && !told[i].down, engine_is_up(&sim.engine, i));
        assert_true(mount->failures < 100000 && mount->attempts < 1000000);
    }
}

static uint32_t all_work(uint32_t i) {
    uint32_t sum = 0;

    for (enum work work = 0; work < WORKS; work++)
        sum += sim.mounts[i].count[work];
    return sum;
}

static void hours_with_a_random_server_are_told_whole(void **state) {
    const char *hours = getenv("USERMOUNT_SOAK_HOURS");
    int64_t end_ms = HOUR_MS * (int64_t)(hours ? strtoull(hours, NULL, 10) : 100);
    uint32_t before[MOUNTS] = {0};

    (void)state;
    begin("soak");
    sim_start(&sim, NULL);
    while (sim.now.mono_ms < end_ms) {
        int64_t minute_ms = sim.now.mono_ms + 60 * 1000;
        uint32_t events = 0;
        while (sim.now.mono_ms < minute_ms) {
            dice_happen(&sim);
            events++;
            sim_run(&sim, sim.now.mono_ms + 1 + roll(2000));
            read_log();
            check();
        }
        for (uint32_t i = 0; i < MOUNTS; i++) {
            assert_true(all_work(i) - before[i] <= WORKS_PER_MINUTE_MAX + 8 * events);
            before[i] = all_work(i);
        }
    }
    sim_stop(&sim);
    sim_run(&sim, sim.now.mono_ms + 20000);
    assert_true(engine_stopped(&sim.engine));
    for (uint32_t i = 0; i < MOUNTS; i++) {
        print_message("mount %u: %u works, %u lines: %u up, %u down, %u back, %u lost, %u failed\n", i + 1, all_work(i),
                      told[i].events, told[i].ups, told[i].downs, told[i].backs, told[i].losses, told[i].failures);
        assert_true(told[i].ups > 0 && told[i].failures > 0);
    }
}

static void a_server_that_comes_and_goes_a_thousand_times_is_told_each_time(void **state) {
    (void)state;
    begin("rounds");
    sim_start(&sim, NULL);
    sim_run(&sim, 1000);
    for (int round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < MOUNTS; i++)
            sim.mounts[i].answers[WORK_CHECK] = sim_check_hangs;
        sim_run(&sim, sim.now.mono_ms + 8000 + roll(20000));
        read_log();
        check();
        for (uint32_t i = 0; i < MOUNTS; i++) {
            assert_true(told[i].down);
            sim.mounts[i].answers[WORK_CHECK] = sim_check_fine;
        }
        sim_run(&sim, sim.now.mono_ms + 8000 + roll(20000));
        read_log();
        check();
        assert_true(engine_all_up(&sim.engine));
    }
    for (uint32_t i = 0; i < MOUNTS; i++) {
        assert_int_equal(told[i].downs, ROUNDS);
        assert_int_equal(told[i].backs, ROUNDS);
        assert_int_equal(told[i].events, 2 * ROUNDS + 1);
        assert_int_equal(sim.mounts[i].count[WORK_DETACH], 0);
    }
}

/* What the random lives found. The first two were loops without a pause. */
static void a_mount_that_is_down_and_nudged_pauses_between_its_checks(void **state) {
    (void)state;
    begin("nudged");
    sim_start(&sim, NULL);
    sim_run(&sim, 1000);
    sim.mounts[0].answers[WORK_CHECK] = (struct sim_answer){WORK_FAILED, 0, STEP_STATFS, EIO, false};
    sim_run(&sim, 10000);
    assert_string_equal(sim.mounts[0].state, "down");
    uint32_t before = sim.mounts[0].count[WORK_CHECK];
    engine_nudge(&sim.engine, 0, true, sim.now);
    sim_run(&sim, 20000);
    assert_in_range(sim.mounts[0].count[WORK_CHECK] - before, 2, 10000 / 100 + 1);
}

static void a_stale_mount_that_cannot_be_detached_is_tried_with_pauses(void **state) {
    (void)state;
    begin("stuck");
    sim_start(&sim, NULL);
    sim_run(&sim, 1000);
    sim.mounts[0].answers[WORK_CHECK] = sim.mounts[0].answers[WORK_PROVE] =
        (struct sim_answer){WORK_STALE, 0, STEP_STATFS, ESTALE, false};
    sim.mounts[0].answers[WORK_DETACH] = (struct sim_answer){WORK_FAILED, 0, STEPS, 0, false};
    sim_run(&sim, 61000);
    assert_in_range(sim.mounts[0].count[WORK_DETACH], 10, 60);
    uint32_t lines = 0;
    for (const char *line = sim.log; (line = strstr(line, "event=stale")); line++)
        lines++;
    assert_in_range(lines, 3, 6); /* the 1st, 2nd, 4th, 8th … time */
}

static void a_mount_that_was_found_down_and_is_covered_is_not_down_any_more(void **state) {
    (void)state;
    begin("covered");
    sim.mounts[0].seen = FSM_SAME;
    sim.mounts[0].answers[WORK_PROVE] = (struct sim_answer){WORK_HUNG, 0, STEP_STATFS, 0, true};
    sim_start(&sim, NULL);
    sim_run(&sim, 20000);
    assert_string_equal(sim.mounts[0].state, "down");
    sim.mounts[0].seen = FSM_FOREIGN;
    sim_run(&sim, 40000);
    assert_string_equal(sim.mounts[0].state, "waiting");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hours_with_a_random_server_are_told_whole),
        cmocka_unit_test(a_server_that_comes_and_goes_a_thousand_times_is_told_each_time),
        cmocka_unit_test(a_mount_that_is_down_and_nudged_pauses_between_its_checks),
        cmocka_unit_test(a_stale_mount_that_cannot_be_detached_is_tried_with_pauses),
        cmocka_unit_test(a_mount_that_was_found_down_and_is_covered_is_not_down_any_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
