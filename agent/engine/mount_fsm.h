/* SPDX-License-Identifier: MIT */
/*
 * mount_fsm: the life of one mount, as a table of (state, event) -> (state, action).
 *
 * PURE, and without memory: counting, timing and wording are engine's. Every cell is filled; the table in
 * mount_fsm.c is the documentation.
 */
#ifndef USERMOUNT_MOUNT_FSM_H
#define USERMOUNT_MOUNT_FSM_H

enum fsm_state {
    FSM_IDLE,    /* not started, or ended */
    FSM_LOOKING, /* about to see what is on the target */
    FSM_TRYING,  /* mounting on a guess: the usual port, and the kernel asks for the other */
    FSM_PROBING,
    FSM_MOUNTING,
    FSM_PROVING,
    FSM_UP,         /* between two checks */
    FSM_REVIEWING,  /* up or down; about to see what is on the target */
    FSM_CHECKING,   /* up or down; a check is under way */
    FSM_DOWN,       /* mounted, the server does not answer; between two checks */
    FSM_DETACHING,  /* taking a dead mount away */
    FSM_WAITING,    /* between two attempts */
    FSM_UNMOUNTING, /* stopping */
    FSM_LEAVING,    /* stopping: detaching what could not be unmounted */
    FSM_STATES
};

enum fsm_event {
    FSM_START,
    FSM_FREE,    /* the look: nothing of interest on the target */
    FSM_SAME,    /* the look: our source is mounted there */
    FSM_FOREIGN, /* the look: another file system */
    FSM_DONE,    /* the work ended well */
    FSM_FAILED,
    FSM_HUNG,  /* the work was stopped at its deadline */
    FSM_STALE, /* the work met ESTALE */
    FSM_TIMER,
    FSM_NUDGE, /* look at once: a retry, the end of a host's sleep, a server's first answer, a changed mount table */
    FSM_STOP,
    FSM_EVENTS
};

enum fsm_action {
    FSM_NOTHING,
    FSM_LOOK,
    FSM_TRY, /* where it was tried already since it was last up: the same as a try that failed */
    FSM_PROBE,
    FSM_MOUNT,
    FSM_PROVE,
    FSM_CHECK,
    FSM_DETACH,
    FSM_UNMOUNT,
    FSM_PAUSE,  /* set the timer to the backoff's delay */
    FSM_WATCH,  /* set the timer to the watch's period */
    FSM_FINISH, /* give up the work under way, if any; nothing comes after */
    FSM_ACTIONS
};

struct fsm_step {
    enum fsm_state state;
    enum fsm_action action;
};

struct fsm_step fsm_next(enum fsm_state state, enum fsm_event event);

const char *fsm_state_name(enum fsm_state state);
const char *fsm_event_name(enum fsm_event event);
const char *fsm_action_name(enum fsm_action action);

#endif
