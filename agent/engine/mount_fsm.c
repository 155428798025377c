/* SPDX-License-Identifier: MIT */
#include "mount_fsm.h"

/* clang-format off */
#define GO(state, action) {FSM_##state, FSM_##action}
#define FAILURES(state, action) \
    [FSM_FAILED] = GO(state, action), [FSM_HUNG] = GO(state, action), [FSM_STALE] = GO(state, action)

/* An event that a row does not name is ignored: it came late (a worker that was given up, an old timer). */
static const struct fsm_step table[FSM_STATES][FSM_EVENTS] = {
    [FSM_IDLE] = {
        [FSM_START]   = GO(LOOKING, LOOK),
        [FSM_STOP]    = GO(IDLE, FINISH),
    },
    [FSM_LOOKING] = {
        [FSM_FREE]    = GO(TRYING, TRY),
        [FSM_SAME]    = GO(CHECKING, CHECK),      /* adopt it, and do not unmount it even if its server is down */
        [FSM_FOREIGN] = GO(WAITING, PAUSE),
        [FSM_STOP]    = GO(IDLE, FINISH),
    },
    [FSM_TRYING] = {
        [FSM_DONE]    = GO(PROVING, PROVE),
        FAILURES(PROBING, PROBE),                 /* the kernel returns one errno for many causes: find the cause */
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),
    },
    [FSM_PROBING] = {
        [FSM_DONE]    = GO(MOUNTING, MOUNT),
        FAILURES(WAITING, PAUSE),
        [FSM_STOP]    = GO(IDLE, FINISH),
    },
    [FSM_MOUNTING] = {
        [FSM_DONE]    = GO(PROVING, PROVE),
        FAILURES(WAITING, PAUSE),                 /* if mount(2) still succeeds, the next look finds it */
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),
    },
    [FSM_PROVING] = {
        [FSM_DONE]    = GO(UP, WATCH),
        FAILURES(DETACHING, DETACH),              /* a mount that does not work is worse than none */
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),
    },
    [FSM_UP] = {
        [FSM_TIMER]   = GO(REVIEWING, LOOK),
        [FSM_NUDGE]   = GO(REVIEWING, LOOK),
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),
    },
    [FSM_REVIEWING] = {
        [FSM_FREE]    = GO(TRYING, TRY),          /* somebody unmounted it */
        [FSM_SAME]    = GO(CHECKING, CHECK),
        [FSM_FOREIGN] = GO(WAITING, PAUSE),       /* somebody mounted over it */
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),
    },
    [FSM_CHECKING] = {
        [FSM_DONE]    = GO(UP, WATCH),
        [FSM_FAILED]  = GO(DOWN, PAUSE),
        [FSM_HUNG]    = GO(DOWN, PAUSE),          /* the kernel reconnects by itself: do not unmount */
        [FSM_STALE]   = GO(DETACHING, DETACH),
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),
    },
    [FSM_DOWN] = {
        [FSM_TIMER]   = GO(REVIEWING, LOOK),
        [FSM_NUDGE]   = GO(REVIEWING, LOOK),
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),
    },
    [FSM_DETACHING] = {
        [FSM_DONE]    = GO(WAITING, PAUSE),
        FAILURES(WAITING, PAUSE),
        [FSM_STOP]    = GO(LEAVING, DETACH),
    },
    [FSM_WAITING] = {
        [FSM_TIMER]   = GO(LOOKING, LOOK),
        [FSM_NUDGE]   = GO(LOOKING, LOOK),
        [FSM_STOP]    = GO(UNMOUNTING, UNMOUNT),  /* a mount(2) that was given up may have succeeded */
    },
    [FSM_UNMOUNTING] = {
        [FSM_DONE]    = GO(IDLE, FINISH),
        FAILURES(LEAVING, DETACH),                /* busy: open files stay open, and the name is free */
    },
    [FSM_LEAVING] = {
        [FSM_DONE]    = GO(IDLE, FINISH),
        FAILURES(IDLE, FINISH),
    },
};
/* clang-format on */

struct fsm_step fsm_next(enum fsm_state state, enum fsm_event event) {
    struct fsm_step step = table[state][event];

    if (step.action == FSM_NOTHING)
        step.state = state;
    return step;
}
