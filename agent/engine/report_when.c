/* SPDX-License-Identifier: MIT */
#include "report_when.h"

#include "report.h"

#include <string.h>

/* For a transition: what changes in the mount before the report, the report, and what changes after it. Each may be
 * NULL. The first row that fits decides. -1 fits any. */
struct telling {
    int from, event, to;
    bool (*when)(const struct engine_mount *mount);
    void (*before)(const struct engine *engine, struct engine_mount *mount);
    void (*tell)(struct engine *engine, uint32_t index);
    void (*after)(const struct engine *engine, struct engine_mount *mount);
};

static bool is_down(const struct engine_mount *mount) {
    return mount->down_ms >= 0;
}

static bool is_not_down(const struct engine_mount *mount) {
    return mount->down_ms < 0;
}

static bool is_unproven(const struct engine_mount *mount) {
    return !mount->proven;
}

static bool is_absent(const struct engine_mount *mount) {
    return mount->absent;
}

/* The mount is gone: the counters begin again. */
static void lose(const struct engine *engine, struct engine_mount *mount) {
    (void)engine;
    mount->down_ms = -1;
    mount->proven = false;
    mount->attempts = mount->failures = 0;
}

static void lose_for_good(const struct engine *engine, struct engine_mount *mount) {
    lose(engine, mount);
    mount->fresh = false;
}

static void come_up(const struct engine *engine, struct engine_mount *mount) {
    (void)engine;
    mount->down_ms = -1;
    mount->proven = true;
    mount->tried = false;
    mount->failures = 0;
}

static void fail(const struct engine *engine, struct engine_mount *mount) {
    (void)engine;
    mount->failures++;
}

static void go_down(const struct engine *engine, struct engine_mount *mount) {
    mount->down_ms = engine->now.mono_ms;
    mount->failures = 1;
}

/* The first time, the agent mounts again at once. A mount that cannot be detached is stale again, and then a pause
 * comes first. */
static void go_stale(const struct engine *engine, struct engine_mount *mount) {
    uint32_t failures = mount->proven ? 0 : mount->failures + 1;

    lose_for_good(engine, mount);
    mount->failures = failures;
}

static void meet_another(const struct engine *engine, struct engine_mount *mount) {
    memcpy(mount->evidence.detail, mount->foreign, sizeof mount->evidence.detail);
    if (mount->proven || mount->down_ms >= 0)
        lose(engine, mount);
    mount->attempts++;
}

static void be_busy(const struct engine *engine, struct engine_mount *mount) {
    (void)engine;
    mount->lazy = true;
}

/* clang-format off */
static const struct telling tellings[] = {
    {-1, -1, FSM_UP, is_down, NULL, engine_log_back, come_up},
    {-1, -1, FSM_UP, is_unproven, NULL, engine_log_up, come_up},
    {-1, -1, FSM_DOWN, is_not_down, NULL, engine_log_down, go_down},
    {FSM_CHECKING, FSM_STALE, -1, NULL, NULL, engine_log_stale, go_stale},
    {FSM_REVIEWING, FSM_FREE, -1, NULL, NULL, engine_log_gone, lose_for_good},
    {-1, FSM_FOREIGN, -1, NULL, meet_another, engine_log_conflict, fail},
    {FSM_PROVING, -1, FSM_DETACHING, NULL, NULL, engine_log_failed, fail},
    {FSM_PROBING, -1, FSM_WAITING, NULL, NULL, engine_log_failed, fail},
    {FSM_MOUNTING, -1, FSM_WAITING, NULL, NULL, engine_log_failed, fail},
    {-1, -1, FSM_LEAVING, NULL, NULL, NULL, be_busy},
    {FSM_UNMOUNTING, -1, FSM_IDLE, is_absent, NULL, engine_log_stopped, lose},
    {FSM_UNMOUNTING, -1, FSM_IDLE, NULL, NULL, engine_log_unmounted, lose},
    {FSM_LEAVING, -1, FSM_IDLE, NULL, NULL, engine_log_unmounted, lose},
    {-1, FSM_STOP, FSM_IDLE, NULL, NULL, engine_log_stopped, lose},
};
/* clang-format on */

static void follow(struct engine *engine, uint32_t index, const struct telling *row) {
    if (row->before)
        row->before(engine, &engine->mounts[index]);
    if (row->tell)
        row->tell(engine, index);
    if (row->after)
        row->after(engine, &engine->mounts[index]);
}

bool engine_tell(struct engine *engine, uint32_t index, enum fsm_event event, enum fsm_state to) {
    const struct engine_mount *mount = &engine->mounts[index];

    for (size_t i = 0; i < sizeof tellings / sizeof tellings[0]; i++) {
        const struct telling *row = &tellings[i];
        if ((row->from < 0 || row->from == (int)mount->state) && (row->event < 0 || row->event == (int)event) &&
            (row->to < 0 || row->to == (int)to) && (!row->when || row->when(mount))) {
            follow(engine, index, row);
            return true;
        }
    }
    return false;
}
