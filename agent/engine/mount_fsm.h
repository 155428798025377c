/* SPDX-License-Identifier: MIT */
/*
 * mount_fsm: the states of one mount, as a table of (state, event) -> (state, action).
 *
 * PURE, and without memory: the engine counts, sets the timers and writes the log. Every cell is filled. The table in
 * mount_fsm.c is the documentation.
 */
#ifndef USERMOUNT_MOUNT_FSM_H
#define USERMOUNT_MOUNT_FSM_H

enum fsm_state {
    FSM_IDLE,    /* not started, or ended */
    FSM_LOOKING, /* the look at the target comes next */
    FSM_TRYING,  /* mounting without a probe, on NFS's usual port */
    FSM_PROBING,
    FSM_MOUNTING,
    FSM_PROVING,
    FSM_UP,         /* between two checks */
    FSM_REVIEWING,  /* up or down; the look at the target comes next */
    FSM_CHECKING,   /* up or down; a check is under way */
    FSM_DOWN,       /* mounted, but the server does not answer; between two checks */
    FSM_DETACHING,  /* detaching a mount that does not work */
    FSM_WAITING,    /* between two attempts */
    FSM_UNMOUNTING, /* stopping */
    FSM_LEAVING,    /* stopping: detaching a busy mount */
    FSM_STATES
};

enum fsm_event {
    FSM_START,
    FSM_FREE,    /* the look: nothing is in the way */
    FSM_SAME,    /* the look: the mount's source is mounted there */
    FSM_FOREIGN, /* the look: another file system is mounted there */
    FSM_DONE,    /* the work succeeded */
    FSM_FAILED,
    FSM_HUNG,  /* the work was killed at its deadline */
    FSM_STALE, /* the work failed with ESTALE */
    FSM_TIMER,
    FSM_NUDGE, /* look now: a retry, a wakeup of the host, a server's first answer, a changed mount table */
    FSM_STOP,
    FSM_EVENTS
};

enum fsm_action {
    FSM_NOTHING,
    FSM_LOOK,
    FSM_TRY, /* a second try since the mount was last up fails at once */
    FSM_PROBE,
    FSM_MOUNT,
    FSM_PROVE,
    FSM_CHECK,
    FSM_DETACH,
    FSM_UNMOUNT,
    FSM_PAUSE,  /* set the timer to the backoff's pause */
    FSM_WATCH,  /* set the timer for the next check */
    FSM_FINISH, /* give up the work under way, if any, and end */
    FSM_ACTIONS
};

struct fsm_step {
    enum fsm_state state;
    enum fsm_action action;
};

/* The next state, and what to do. The same state and FSM_NOTHING: the event came late and is ignored. */
struct fsm_step fsm_next(enum fsm_state state, enum fsm_event event);

#endif
