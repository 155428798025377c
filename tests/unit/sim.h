/* SPDX-License-Identifier: MIT */
/*
 * sim: a world for engine.c, scripted by the test, with a clock that only the test moves.
 *
 * Each kind of work has an answer that is taken whenever that work is asked for; the test changes answers as the
 * story goes on. What the engine asks is checked as it asks: one worker per mount, no timer while one runs.
 */
#ifndef USERMOUNT_TESTS_SIM_H
#define USERMOUNT_TESTS_SIM_H

#include "../../agent/engine/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <errno.h>

#include <cmocka.h>

#define SIM_REAL_MS INT64_C(1467331200000) /* 2016-07-01, when the story begins */
#define SIM_BOOT_MS INT64_C(7000)          /* by when the machine had slept */

struct sim_answer {
    enum work_end end;
    int64_t after_ms;
    enum step step; /* the last step that the evidence tells of, with `error`; those of its work before it are done */
    int error;
    bool silent; /* the step stays under way */
};

struct sim_mount {
    enum fsm_event seen; /* by the next look: FSM_FREE, FSM_SAME, FSM_FOREIGN */
    const char *foreign;
    struct sim_answer answers[WORKS];
    uint32_t count[WORKS];
    bool working;
    enum work work;
    int64_t ends_ms;
    uint32_t spreads, recalls;
    uint32_t published;
    char state[16]; /* as published last */
};

struct sim {
    struct config config;
    struct engine_world world;
    struct engine engine;
    struct engine_time now;
    struct sim_mount mounts[CONFIG_MOUNTS_MAX];
    char log[1 << 16]; /* "+MS level LINE\n"; since the beginning or sim_forget() */
    struct text_out out;
};

static inline enum fsm_event sim_look(void *ctx, uint32_t mount, char foreign[EVIDENCE_TEXT_SIZE]) {
    struct sim *sim = ctx;

    assert_false(sim->mounts[mount].working);
    snprintf(foreign, EVIDENCE_TEXT_SIZE, "%s", sim->mounts[mount].foreign);
    return sim->mounts[mount].seen;
}

static inline void sim_source(void *ctx, uint32_t index, struct text_out *out) {
    const struct sim *sim = ctx;

    text_putf(out, "%s:%s", sim->config.mounts[index].server, sim->config.mounts[index].export);
}

static inline void sim_work(void *ctx, uint32_t index, enum work work, uint32_t timeout_ms) {
    struct sim *sim = ctx;
    struct sim_mount *mount = &sim->mounts[index];
    const struct sim_answer *answer = &mount->answers[work];

    assert_false(mount->working);
    assert_true(timeout_ms > 0);
    assert_int_equal(sim->engine.mounts[index].due_ms, -1);
    mount->working = true;
    mount->work = work;
    mount->count[work]++;
    mount->ends_ms = sim->now.mono_ms + (answer->end == WORK_HUNG ? (int64_t)timeout_ms : answer->after_ms);
}

static inline void sim_cancel(void *ctx, uint32_t mount) {
    struct sim *sim = ctx;

    assert_true(sim->mounts[mount].working);
    sim->mounts[mount].working = false;
}

static inline void sim_spread(void *ctx, uint32_t index, uint32_t timeout_ms) {
    struct sim *sim = ctx;

    assert_true(timeout_ms > 0);
    assert_false(sim->engine.stopping);
    assert_true(engine_is_up(&sim->engine, index));
    sim->mounts[index].spreads++;
}

static inline void sim_recall(void *ctx, uint32_t index) {
    struct sim *sim = ctx;

    sim->mounts[index].recalls++;
}

static inline void sim_log(void *ctx, enum config_loglevel level, const char *line) {
    static const char *const names[] = {"error", "warn", "info", "debug"};
    struct sim *sim = ctx;

    assert_null(strchr(line, '\n'));
    text_putf(&sim->out, "+%lld %s %s\n", (long long)sim->now.mono_ms, names[level], line);
    assert_false(sim->out.cut);
}

static inline void sim_publish(void *ctx, uint32_t index) {
    struct sim *sim = ctx;

    sim->mounts[index].published++;
    snprintf(sim->mounts[index].state, sizeof sim->mounts[index].state, "%s",
             engine_state_word(&sim->engine.mounts[index]));
}

static inline void sim_forget(struct sim *sim) {
    sim->out = text_out(sim->log, sizeof sim->log);
}

/* A world in which everything works but the try, which fails at once: the server's ports are not the usual ones, so
 * that the whole way is gone. The probe is answered in 20 ms, mount(2) in 50, the proof in 10, a check in 5. */
static inline void sim_init(struct sim *sim, const char *settings) {
    static const struct sim_answer fine[WORKS] = {
        [WORK_TRY] = {WORK_FAILED, 0, STEP_MOUNT, EACCES, false},
        [WORK_PROBE] = {WORK_DONE, 20, STEP_GETATTR, 0, false},
        [WORK_MOUNT] = {WORK_DONE, 50, STEP_MOUNT, 0, false},
        [WORK_PROVE] = {WORK_DONE, 10, STEP_READ, 0, false},
        [WORK_CHECK] = {WORK_DONE, 5, STEP_STATFS, 0, false},
        [WORK_DETACH] = {WORK_DONE, 2, STEPS, 0, false},
        [WORK_UNMOUNT] = {WORK_DONE, 3, STEPS, 0, false},
    };

    memset(sim, 0, sizeof *sim);
    sim->world = (struct engine_world){sim,        sim_look,   sim_source, sim_work,   sim_cancel,
                                       sim_spread, sim_recall, sim_log,    sim_publish};
    sim->now = (struct engine_time){0, SIM_REAL_MS, SIM_BOOT_MS};
    sim_forget(sim);
    config_defaults(&sim->config);
    config_file(&sim->config, settings, strlen(settings), NULL, NULL);
    config_finish(&sim->config, NULL, NULL);
    for (uint32_t i = 0; i < CONFIG_MOUNTS_MAX; i++) {
        sim->mounts[i].seen = FSM_FREE;
        sim->mounts[i].foreign = "fuse.osxfs osxfs";
        memcpy(sim->mounts[i].answers, fine, sizeof fine);
    }
    engine_init(&sim->engine, &sim->config, &sim->world);
}

/* The evidence of a probe, a mount or a proof whose last step is the answer's. */
static inline void sim_evidence(const struct sim_answer *answer, enum work work, struct evidence *evidence) {
    static const enum step first[WORKS] = {
        [WORK_TRY] = STEP_TARGET,   [WORK_PROBE] = STEP_RESOLVE, [WORK_MOUNT] = STEP_TARGET, [WORK_PROVE] = STEP_STATFS,
        [WORK_CHECK] = STEP_STATFS, [WORK_DETACH] = STEPS,       [WORK_UNMOUNT] = STEPS,
    };

    for (enum step step = first[work]; step < answer->step && step < STEPS; step++)
        evidence->steps[step].state = STEP_DONE;
    if (answer->step == STEPS)
        return;
    evidence->steps[answer->step].error = answer->error;
    evidence->steps[answer->step].state = (uint8_t)(answer->silent             ? STEP_RUNNING
                                                    : answer->end == WORK_DONE ? STEP_DONE
                                                                               : STEP_FAILED);
    if (answer->error == ECONNREFUSED && answer->step == STEP_CONNECT_RPCBIND)
        evidence->steps[STEP_CONNECT_NFS] = evidence->steps[STEP_CONNECT_RPCBIND];
    if (work == WORK_PROVE && answer->end == WORK_DONE)
        evidence->prove_read = PROVE_READ_FILE;
}

static inline void sim_end_work(struct sim *sim, uint32_t index) {
    struct sim_mount *mount = &sim->mounts[index];
    struct evidence evidence = sim->engine.mounts[index].evidence;
    const struct sim_answer *answer = &mount->answers[mount->work];

    mount->working = false;
    sim_evidence(answer, mount->work, &evidence);
    assert_true(evidence_check(&evidence));
    if (answer->end == WORK_DONE && (mount->work == WORK_MOUNT || mount->work == WORK_TRY))
        mount->seen = FSM_SAME;
    if (answer->end == WORK_DONE && (mount->work == WORK_DETACH || mount->work == WORK_UNMOUNT))
        mount->seen = FSM_FREE;
    engine_worked(&sim->engine, index, answer->end, &evidence, sim->now);
}

/* Whether the engine and the world agree on what is under way. */
static inline void sim_check(const struct sim *sim) {
    for (uint32_t i = 0; i < sim->config.mount_count; i++) {
        assert_int_equal(sim->engine.mounts[i].working, sim->mounts[i].working);
        assert_true(!sim->mounts[i].working || sim->engine.mounts[i].due_ms < 0);
    }
}

static inline int64_t sim_next_ms(const struct sim *sim) {
    int64_t next_ms = engine_due_ms(&sim->engine);

    for (uint32_t i = 0; i < sim->config.mount_count; i++)
        if (sim->mounts[i].working && (next_ms < 0 || sim->mounts[i].ends_ms < next_ms))
            next_ms = sim->mounts[i].ends_ms;
    return next_ms;
}

static inline void sim_set(struct sim *sim, int64_t mono_ms) {
    sim->now = (struct engine_time){mono_ms, SIM_REAL_MS + mono_ms, SIM_BOOT_MS + mono_ms};
}

/* Let everything happen that is due up to `until_ms`, in its order. */
static inline void sim_run(struct sim *sim, int64_t until_ms) {
    int64_t next_ms;

    while ((next_ms = sim_next_ms(sim)) >= 0 && next_ms <= until_ms) {
        sim_set(sim, next_ms > sim->now.mono_ms ? next_ms : sim->now.mono_ms);
        for (uint32_t i = 0; i < sim->config.mount_count; i++)
            if (sim->mounts[i].working && sim->mounts[i].ends_ms <= sim->now.mono_ms)
                sim_end_work(sim, i);
        engine_tick(&sim->engine, sim->now);
        sim_check(sim);
    }
    sim_set(sim, until_ms);
}

static inline void sim_start(struct sim *sim, const bool *was_made) {
    engine_start(&sim->engine, sim->now, was_made);
    sim_check(sim);
}

static inline void sim_stop(struct sim *sim) {
    engine_stop(&sim->engine, sim->now);
    sim_check(sim);
}

/* Answers that stories are made of. */
static const struct sim_answer sim_refuses = {WORK_FAILED, 2, STEP_CONNECT_RPCBIND, ECONNREFUSED, false};
static const struct sim_answer sim_drops = {WORK_HUNG, 0, STEP_CONNECT_RPCBIND, 0, true};
static const struct sim_answer sim_try_fine = {WORK_DONE, 30, STEP_MOUNT, 0, false};
static const struct sim_answer sim_probe_fine = {WORK_DONE, 20, STEP_GETATTR, 0, false};
static const struct sim_answer sim_check_fine = {WORK_DONE, 5, STEP_STATFS, 0, false};
static const struct sim_answer sim_check_hangs = {WORK_HUNG, 0, STEP_STATFS, 0, true};
static const struct sim_answer sim_check_stale = {WORK_STALE, 5, STEP_STATFS, ESTALE, false};

/* Keeps the constants used in every program that includes this. */
static inline const struct sim_answer *sim_answer_all(size_t i) {
    const struct sim_answer *const all[] = {&sim_refuses,    &sim_drops,       &sim_try_fine,   &sim_probe_fine,
                                            &sim_check_fine, &sim_check_hangs, &sim_check_stale};
    return all[i % (sizeof all / sizeof all[0])];
}

#endif
