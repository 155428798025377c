/* SPDX-License-Identifier: MIT */
#include "mount_fsm.h"

/* clang-format off */
#define GO(state, action) {FSM_##state, FSM_##action}
#define STAY(state) {FSM_##state, FSM_NOTHING}

/* An event that a row does not name is ignored: it came late (a worker that was given up, an old timer). */
#define ROW(state) \
    [FSM_##state] = { \
        [FSM_START] = STAY(state), [FSM_FREE] = STAY(state), [FSM_SAME] = STAY(state), [FSM_FOREIGN] = STAY(state), \
        [FSM_DONE] = STAY(state), [FSM_FAILED] = STAY(state), [FSM_HUNG] = STAY(state), [FSM_STALE] = STAY(state), \
        [FSM_TIMER] = STAY(state), [FSM_NUDGE] = STAY(state), [FSM_STOP] = STAY(state)
#define END }

#pragma GCC diagnostic ignored "-Woverride-init"
static const struct fsm_step table[FSM_STATES][FSM_EVENTS] = {
    ROW(IDLE),
        [FSM_START]   = GO(LOOKING, LOOK),
        [FSM_STOP]    = GO(IDLE, FINISH),
    END,
    ROW(LOOKING),
        [FSM_FREE]    = GO(TRYING, TRY),
        [FSM_SAME]    = GO(CHECKING, CHECK),      /* adopt it, and do not unmount it even if its server is down */
        [FSM_FOREIGN] = GO(WAITING, PAUSE),
        [FSM_STOP]    = GO(IDLE, FINISH),
    END,
    ROW(TRYING),
        [FSM_DONE]    = GO(PROVING, PROVE),
        [FSM_FAILED]  = GO(PROBING, PROBE),       /* the kernel returns one errno for many causes: find the cause */
        [FSM_HUNG]    = GO(PROBING, PROBE),
        [FSM_STALE]   = GO(PROBING, PROBE),
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),
    END,
    ROW(PROBING),
        [FSM_DONE]    = GO(MOUNTING, MOUNT),
        [FSM_FAILED]  = GO(WAITING, PAUSE),
        [FSM_HUNG]    = GO(WAITING, PAUSE),
        [FSM_STALE]   = GO(WAITING, PAUSE),
        [FSM_STOP]    = GO(IDLE, FINISH),
    END,
    ROW(MOUNTING),
        [FSM_DONE]    = GO(PROVING, PROVE),
        [FSM_FAILED]  = GO(WAITING, PAUSE),
        [FSM_HUNG]    = GO(WAITING, PAUSE),       /* if mount(2) still succeeds, the next look finds it */
        [FSM_STALE]   = GO(WAITING, PAUSE),
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),
    END,
    ROW(PROVING),
        [FSM_DONE]    = GO(UP, WATCH),
        [FSM_FAILED]  = GO(DETACHING, DETACH),    /* a mount that does not work is worse than none */
        [FSM_HUNG]    = GO(DETACHING, DETACH),
        [FSM_STALE]   = GO(DETACHING, DETACH),
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),
    END,
    ROW(UP),
        [FSM_TIMER]   = GO(REVIEWING, LOOK),
        [FSM_NUDGE]   = GO(REVIEWING, LOOK),
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),
    END,
    ROW(REVIEWING),
        [FSM_FREE]    = GO(TRYING, TRY),          /* somebody unmounted it */
        [FSM_SAME]    = GO(CHECKING, CHECK),
        [FSM_FOREIGN] = GO(WAITING, PAUSE),       /* somebody mounted over it */
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),
    END,
    ROW(CHECKING),
        [FSM_DONE]    = GO(UP, WATCH),
        [FSM_FAILED]  = GO(DOWN, PAUSE),
        [FSM_HUNG]    = GO(DOWN, PAUSE),          /* the kernel reconnects by itself: do not unmount */
        [FSM_STALE]   = GO(DETACHING, DETACH),
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),
    END,
    ROW(DOWN),
        [FSM_TIMER]   = GO(REVIEWING, LOOK),
        [FSM_NUDGE]   = GO(REVIEWING, LOOK),
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),
    END,
    ROW(DETACHING),
        [FSM_DONE]    = GO(WAITING, PAUSE),
        [FSM_FAILED]  = GO(WAITING, PAUSE),
        [FSM_HUNG]    = GO(WAITING, PAUSE),
        [FSM_STALE]   = GO(WAITING, PAUSE),
        [FSM_STOP]    = GO(LEAVING, DETACH),
    END,
    ROW(WAITING),
        [FSM_TIMER]   = GO(LOOKING, LOOK),
        [FSM_NUDGE]   = GO(LOOKING, LOOK),
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),  /* a mount(2) that was given up may have succeeded */
    END,
    ROW(UNMOUNTING),
        [FSM_DONE]    = GO(IDLE, FINISH),
        [FSM_FAILED]  = GO(LEAVING, DETACH),      /* busy: open files stay open, and the name is free */
        [FSM_HUNG]    = GO(LEAVING, DETACH),
        [FSM_STALE]   = GO(LEAVING, DETACH),
    END,
    ROW(LEAVING),
        [FSM_DONE]    = GO(IDLE, FINISH),
        [FSM_FAILED]  = GO(IDLE, FINISH),
        [FSM_HUNG]    = GO(IDLE, FINISH),
        [FSM_STALE]   = GO(IDLE, FINISH),
    END,
};
/* clang-format on */

struct fsm_step fsm_next(enum fsm_state state, enum fsm_event event) {
    return table[state][event];
}
