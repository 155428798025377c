/* SPDX-License-Identifier: MIT */
/*
 * dice: chance for the engine's simulation. What is rolled is the same on every machine for the same seed.
 *
 * The seed is the time of day, or USERMOUNT_SEED; it is printed, so that a life which failed can be lived again.
 */
#ifndef USERMOUNT_TESTS_DICE_H
#define USERMOUNT_TESTS_DICE_H

#include "sim.h"

#include <stdlib.h>
#include <time.h>

static uint64_t dice;

static inline void dice_begin(const char *name) {
    const char *given = getenv("USERMOUNT_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);

    dice = seed * 2 + 1;
    print_message("%s: seed %llu (USERMOUNT_SEED=%llu repeats it)\n", name, (unsigned long long)seed,
                  (unsigned long long)seed);
}

/* 0 to sides - 1. */
static inline uint32_t roll(uint32_t sides) {
    dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(dice >> 33) % sides;
}

/* Half of all goes well. Taking a mount away asks no server, so it never meets a stale handle. */
static inline struct sim_answer dice_answer(enum work work) {
    bool local = work == WORK_DETACH || work == WORK_UNMOUNT;

    return (struct sim_answer){
        .end = roll(2) == 0 ? WORK_DONE : (enum work_end)roll(local ? WORK_STALE : WORK_STALE + 1),
        .after_ms = roll(4) == 0 ? 0 : roll(3000),
        .step = (enum step)roll(STEPS + 1),
        .error = roll(3) == 0 ? ECONNREFUSED : (int)roll(130),
        .silent = roll(4) == 0,
    };
}

/* One thing happens to one mount: what is seen there changes, somebody nudges, the clock ticks early, or the server's
 * next answer is another. */
static inline void dice_happen(struct sim *sim) {
    uint32_t i = roll(sim->config.mount_count);
    enum work work = (enum work)roll(WORKS);

    switch (roll(8)) {
    case 0:
        sim->mounts[i].seen = (enum fsm_event[]){FSM_FREE, FSM_SAME, FSM_FOREIGN}[roll(3)];
        break;
    case 1:
        engine_nudge(&sim->engine, i, roll(2), sim->now);
        break;
    case 2:
        engine_tick(&sim->engine, sim->now);
        break;
    default:
        if (!sim->mounts[i].working) /* the answer to what is under way is given already */
            sim->mounts[i].answers[work] = dice_answer(work);
        break;
    }
}

#endif
