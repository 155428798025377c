/* SPDX-License-Identifier: MIT */
#include "engine_tell.h"

#include "engine_log.h"

/* What a transition means to a person, and the call that tells it; the first row that fits. -1 fits any. */
struct telling {
    int from, event, to;
    bool (*when)(const struct engine_mount *mount);
    void (*tell)(struct engine *engine, uint32_t index);
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

static const struct telling tellings[] = {
    {-1, -1, FSM_UP, is_down, engine_log_back},
    {-1, -1, FSM_UP, is_unproven, engine_log_up},
    {-1, -1, FSM_DOWN, is_not_down, engine_log_down},
    {FSM_CHECKING, FSM_STALE, -1, NULL, engine_log_stale},
    {FSM_REVIEWING, FSM_FREE, -1, NULL, engine_log_gone},
    {-1, FSM_FOREIGN, -1, NULL, engine_log_conflict},
    {FSM_PROVING, -1, FSM_DETACHING, NULL, engine_log_failed},
    {FSM_PROBING, -1, FSM_WAITING, NULL, engine_log_failed},
    {FSM_MOUNTING, -1, FSM_WAITING, NULL, engine_log_failed},
    {-1, -1, FSM_LEAVING, NULL, engine_log_busy},
    {FSM_UNMOUNTING, -1, FSM_IDLE, is_absent, engine_log_stopped},
    {FSM_UNMOUNTING, -1, FSM_IDLE, NULL, engine_log_unmounted},
    {FSM_LEAVING, -1, FSM_IDLE, NULL, engine_log_unmounted},
    {-1, FSM_STOP, FSM_IDLE, NULL, engine_log_stopped},
};

bool engine_tell(struct engine *engine, uint32_t index, enum fsm_event event, enum fsm_state to) {
    const struct engine_mount *mount = &engine->mounts[index];

    for (size_t i = 0; i < sizeof tellings / sizeof tellings[0]; i++) {
        const struct telling *row = &tellings[i];
        if ((row->from < 0 || row->from == (int)mount->state) && (row->event < 0 || row->event == (int)event) &&
            (row->to < 0 || row->to == (int)to) && (!row->when || row->when(mount))) {
            row->tell(engine, index);
            return true;
        }
    }
    return false;
}
