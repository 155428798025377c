/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include "backoff.h"
#include "report_when.h"

#include <string.h>

enum {
    SPREAD_TIMEOUT_MS = 600000, /* for the retries; each part has its own deadline */
    EAGER_ATTEMPTS = 10         /* after a change: a second of pauses, and what the attempts take */
};

static void feed(struct engine *engine, uint32_t index, enum fsm_event event);

static bool is_mounted(enum fsm_state state) {
    return state == FSM_UP || state == FSM_REVIEWING || state == FSM_CHECKING || state == FSM_DOWN;
}

/* The kernel's own deadlines are minutes (mount(2): 154 s when packets are dropped). */
static uint32_t timeout_ms(const struct engine *engine, enum work work) {
    static const uint32_t fixed[WORKS] = {
        [WORK_MOUNT] = 5000,
        [WORK_PROVE] = 5000,
        [WORK_DETACH] = 2000,
        [WORK_UNMOUNT] = 5000,
    };

    /* A longer try would only delay the probe, which finds the cause. */
    if (work == WORK_TRY)
        return (engine->config->probe_timeout_ms + 1) / 2;
    return fixed[work] ? fixed[work] : engine->config->probe_timeout_ms;
}

static void start_work(struct engine *engine, uint32_t index, enum work work) {
    engine->mounts[index].working = true;
    engine->world->work(engine->world->ctx, index, work, timeout_ms(engine, work));
}

static void cancel_work(struct engine *engine, uint32_t index) {
    struct engine_mount *mount = &engine->mounts[index];

    if (mount->working)
        engine->world->cancel(engine->world->ctx, index);
    mount->working = false;
}

static void look(struct engine *engine, uint32_t index) {
    struct engine_mount *mount = &engine->mounts[index];
    enum fsm_event found = engine->world->look(engine->world->ctx, index, mount->foreign);

    if (found == FSM_FREE) /* our mount is gone, and the next one may be somebody else's */
        mount->made = mount->fresh = false;
    if (found == FSM_FOREIGN && engine->config->conflict == CONFLICT_OVER)
        found = FSM_FREE;
    feed(engine, index, found);
}

static void begin_attempt(struct engine *engine, struct engine_mount *mount) {
    memset(&mount->evidence, 0, sizeof mount->evidence);
    mount->attempts++;
    mount->attempt_ms = engine->now.mono_ms;
    mount->proven = false;
}

/* A nudge resets the backoff. A mount that is down has failed already: without a pause, one check would follow the
 * other as fast as they fail. */
static void pause_mount(struct engine *engine, struct engine_mount *mount) {
    if (mount->eager > 0) {
        mount->eager--;
        mount->failures = 1;
    }
    if (mount->state == FSM_DOWN && mount->failures == 0)
        mount->failures = 1;
    mount->due_ms = engine->now.mono_ms + backoff_delay_ms(mount->failures, engine->config->retry_max_ms);
}

/* A mount that the agent found must be proven once. Later checks are one remote call each. */
static void check(struct engine *engine, uint32_t index) {
    struct engine_mount *mount = &engine->mounts[index];

    if (!mount->proven && mount->down_ms < 0)
        begin_attempt(engine, mount);
    start_work(engine, index, mount->proven ? WORK_CHECK : WORK_PROVE);
}

/* If nothing has failed yet, a mount at once on NFS's usual port is the shortest way, and succeeds most often. The
 * probe comes after a failure. */
static void try_mount(struct engine *engine, uint32_t index) {
    struct engine_mount *mount = &engine->mounts[index];

    begin_attempt(engine, mount);
    if (mount->tried) {
        feed(engine, index, FSM_FAILED);
        return;
    }
    mount->tried = true;
    start_work(engine, index, WORK_TRY);
}

/* Leaves an adopted mount alone, and another program's. */
static void unmount(struct engine *engine, uint32_t index) {
    struct engine_mount *mount = &engine->mounts[index];

    cancel_work(engine, index);
    enum fsm_event found = engine->world->look(engine->world->ctx, index, mount->foreign);
    mount->absent = found != FSM_SAME;
    if (mount->made && found != FSM_FOREIGN)
        start_work(engine, index, WORK_UNMOUNT);
    else
        feed(engine, index, FSM_DONE);
}

static void act(struct engine *engine, uint32_t index, enum fsm_action action) {
    struct engine_mount *mount = &engine->mounts[index];

    switch (action) {
    case FSM_LOOK:
        look(engine, index);
        break;
    case FSM_TRY:
        try_mount(engine, index);
        break;
    case FSM_PROBE:
        memset(&mount->evidence, 0, sizeof mount->evidence); /* the try's */
        start_work(engine, index, WORK_PROBE);
        break;
    case FSM_MOUNT:
        start_work(engine, index, WORK_MOUNT);
        break;
    case FSM_PROVE:
        start_work(engine, index, WORK_PROVE);
        break;
    case FSM_CHECK:
        check(engine, index);
        break;
    case FSM_DETACH:
        cancel_work(engine, index);
        start_work(engine, index, WORK_DETACH);
        break;
    case FSM_UNMOUNT:
        unmount(engine, index);
        break;
    case FSM_PAUSE:
        pause_mount(engine, mount);
        break;
    case FSM_WATCH:
        if (engine->config->watch_ms > 0)
            mount->due_ms = engine->now.mono_ms + engine->config->watch_ms;
        break;
    case FSM_FINISH:
        cancel_work(engine, index);
        break;
    case FSM_NOTHING:
    case FSM_ACTIONS:
        break;
    }
}

/* Containers miss only a new mount. They have already seen one that the agent found. */
static void spread(struct engine *engine, uint32_t index) {
    if (engine->mounts[index].fresh && engine->config->containers != CONTAINERS_OFF)
        engine->world->spread(engine->world->ctx, index, SPREAD_TIMEOUT_MS);
}

static void feed(struct engine *engine, uint32_t index, enum fsm_event event) {
    struct engine_mount *mount = &engine->mounts[index];
    enum fsm_state from = mount->state;
    struct fsm_step step = fsm_next(from, event);

    if (event == FSM_STOP && (from == FSM_TRYING || from == FSM_MOUNTING)) /* its mount(2) may still succeed */
        mount->made = true;
    if (step.state == from && step.action == FSM_NOTHING)
        return;
    mount->due_ms = -1;
    bool was_proven = mount->proven;
    bool told = engine_tell(engine, index, event, step.state);
    mount->state = step.state;
    if (told)
        engine->world->publish(engine->world->ctx, index);
    act(engine, index, step.action);
    if (step.state == FSM_UP && !was_proven && mount->proven)
        spread(engine, index);
}

void engine_init(struct engine *engine, const struct config *config, const struct engine_world *world) {
    /* Unused pages stay untouched: fork(2) would copy each for every worker. */
    memset(engine, 0, offsetof(struct engine, mounts) + config->mount_count * sizeof engine->mounts[0]);
    engine->config = config;
    engine->world = world;
    for (uint32_t i = 0; i < config->mount_count; i++) {
        engine->mounts[i].config = &config->mounts[i];
        engine->mounts[i].due_ms = -1;
        engine->mounts[i].down_ms = -1;
    }
}

void engine_start(struct engine *engine, struct engine_time now, const bool *was_made) {
    engine->now = now;
    for (uint32_t i = 0; i < engine->config->mount_count; i++) {
        engine->mounts[i].made = was_made && was_made[i];
        engine->mounts[i].since_boot_ms = now.boot_ms;
        feed(engine, i, FSM_START);
    }
}

/* The mount is ours if mount(2) succeeded, or was under way when the worker was killed: it may still succeed. If it
 * failed or never began, a mount that appears there is somebody else's. */
static void note_made(struct engine_mount *mount, enum work_end end) {
    if (mount->state != FSM_TRYING && mount->state != FSM_MOUNTING)
        return;
    if (end == WORK_DONE || (end == WORK_HUNG && mount->evidence.steps[STEP_MOUNT].state == STEP_RUNNING))
        mount->made = mount->fresh = true;
}

void engine_worked(struct engine *engine, uint32_t index, enum work_end end, const struct evidence *evidence,
                   struct engine_time now) {
    static const enum fsm_event events[] = {
        [WORK_DONE] = FSM_DONE,
        [WORK_FAILED] = FSM_FAILED,
        [WORK_HUNG] = FSM_HUNG,
        [WORK_STALE] = FSM_STALE,
    };
    struct engine_mount *mount = &engine->mounts[index];

    engine->now = now;
    mount->working = false;
    if (evidence)
        mount->evidence = *evidence;
    note_made(mount, end);
    feed(engine, index, events[end]);
}

void engine_tick(struct engine *engine, struct engine_time now) {
    engine->now = now;
    for (uint32_t i = 0; i < engine->config->mount_count; i++) {
        struct engine_mount *mount = &engine->mounts[i];
        if (mount->due_ms >= 0 && mount->due_ms <= now.mono_ms)
            feed(engine, i, FSM_TIMER);
    }
}

int64_t engine_due_ms(const struct engine *engine) {
    int64_t due_ms = -1;

    for (uint32_t i = 0; i < engine->config->mount_count; i++)
        due_ms = time_earlier(due_ms, engine->mounts[i].due_ms);
    return due_ms;
}

void engine_nudge(struct engine *engine, uint32_t index, bool fresh, struct engine_time now) {
    engine->now = now;
    if (fresh) {
        engine->mounts[index].failures = 0;
        engine->mounts[index].eager = EAGER_ATTEMPTS;
        engine->mounts[index].tried = false;
    }
    feed(engine, index, FSM_NUDGE);
}

void engine_stop(struct engine *engine, struct engine_time now) {
    engine->now = now;
    engine->stopping = true;
    for (uint32_t i = 0; i < engine->config->mount_count; i++) {
        engine->world->recall(engine->world->ctx, i);
        feed(engine, i, FSM_STOP);
    }
}

bool engine_is_up(const struct engine *engine, uint32_t index) {
    const struct engine_mount *mount = &engine->mounts[index];

    return is_mounted(mount->state) && mount->proven && mount->down_ms < 0;
}

bool engine_all_up(const struct engine *engine) {
    for (uint32_t i = 0; i < engine->config->mount_count; i++)
        if (!engine_is_up(engine, i))
            return false;
    return true;
}

bool engine_stopped(const struct engine *engine) {
    if (!engine->stopping)
        return false;
    for (uint32_t i = 0; i < engine->config->mount_count; i++)
        if (engine->mounts[i].state != FSM_IDLE)
            return false;
    return true;
}

const char *engine_state_word(const struct engine_mount *mount) {
    if (mount->down_ms >= 0)
        return "down";
    if (is_mounted(mount->state))
        return mount->proven ? "up" : "mounting";
    if (mount->state == FSM_IDLE || mount->state == FSM_UNMOUNTING || mount->state == FSM_LEAVING)
        return "stopped";
    return mount->verdict.code == VERDICT_NONE ? "mounting" : "waiting";
}
