/* SPDX-License-Identifier: MIT */
/* mount_fsm: every cell of the table, said a second time and in another way. */
#include "../../agent/engine/mount_fsm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const state_names[FSM_STATES] = {
    [FSM_IDLE] = "idle",
    [FSM_LOOKING] = "looking",
    [FSM_TRYING] = "trying",
    [FSM_PROBING] = "probing",
    [FSM_MOUNTING] = "mounting",
    [FSM_PROVING] = "proving",
    [FSM_UP] = "up",
    [FSM_REVIEWING] = "reviewing",
    [FSM_CHECKING] = "checking",
    [FSM_DOWN] = "down",
    [FSM_DETACHING] = "detaching",
    [FSM_WAITING] = "waiting",
    [FSM_UNMOUNTING] = "unmounting",
    [FSM_LEAVING] = "leaving",
};

static const char *const event_names[FSM_EVENTS] = {
    [FSM_START] = "start", [FSM_FREE] = "free",     [FSM_SAME] = "same", [FSM_FOREIGN] = "foreign",
    [FSM_DONE] = "done",   [FSM_FAILED] = "failed", [FSM_HUNG] = "hung", [FSM_STALE] = "stale",
    [FSM_TIMER] = "timer", [FSM_NUDGE] = "nudge",   [FSM_STOP] = "stop",
};

static const char *const action_names[FSM_ACTIONS] = {
    [FSM_NOTHING] = "nothing", [FSM_LOOK] = "look",   [FSM_TRY] = "try",     [FSM_PROBE] = "probe",
    [FSM_MOUNT] = "mount",     [FSM_PROVE] = "prove", [FSM_CHECK] = "check", [FSM_DETACH] = "detach",
    [FSM_UNMOUNT] = "unmount", [FSM_PAUSE] = "pause", [FSM_WATCH] = "watch", [FSM_FINISH] = "finish",
};

/* "state action" of the step that follows; "-" where the event means nothing: it came late. */
struct row {
    const char *state;
    const char *start, *free, *same, *foreign; /* the look's answers */
    const char *done, *failed, *hung, *stale;  /* the worker's */
    const char *timer, *nudge, *stop;
};

/* clang-format off */
static const struct row rows[] = {
    /* Nothing has begun, or all is over: only a start does something. A stop ends at once. */
    {"idle",
     .start = "looking look", .free = "-", .same = "-", .foreign = "-",
     .done = "-", .failed = "-", .hung = "-", .stale = "-",
     .timer = "-", .nudge = "-", .stop = "idle finish"},
    /* A free target is mounted on a guess; a mount of ours is adopted, by a check; a foreign one is waited for. */
    {"looking",
     .start = "-", .free = "trying try", .same = "checking check", .foreign = "waiting pause",
     .done = "-", .failed = "-", .hung = "-", .stale = "-",
     .timer = "-", .nudge = "-", .stop = "idle finish"},
    /* The guess was wrong: the probe tells what is right, or why nothing is. There may be a mount all the same. */
    {"trying",
     .start = "-", .free = "-", .same = "-", .foreign = "-",
     .done = "proving prove", .failed = "probing probe", .hung = "probing probe", .stale = "probing probe",
     .timer = "-", .nudge = "-", .stop = "unmounting unmount"},
    /* Whatever goes wrong with a probe, the next attempt comes after a pause. There is nothing to unmount. */
    {"probing",
     .start = "-", .free = "-", .same = "-", .foreign = "-",
     .done = "mounting mount", .failed = "waiting pause", .hung = "waiting pause", .stale = "waiting pause",
     .timer = "-", .nudge = "-", .stop = "idle finish"},
    /* From here on there may be a mount, so a stop unmounts. */
    {"mounting",
     .start = "-", .free = "-", .same = "-", .foreign = "-",
     .done = "proving prove", .failed = "waiting pause", .hung = "waiting pause", .stale = "waiting pause",
     .timer = "-", .nudge = "-", .stop = "unmounting unmount"},
    /* A mount that cannot be proven is taken away. */
    {"proving",
     .start = "-", .free = "-", .same = "-", .foreign = "-",
     .done = "up watch", .failed = "detaching detach", .hung = "detaching detach", .stale = "detaching detach",
     .timer = "-", .nudge = "-", .stop = "unmounting unmount"},
    {"up",
     .start = "-", .free = "-", .same = "-", .foreign = "-",
     .done = "-", .failed = "-", .hung = "-", .stale = "-",
     .timer = "reviewing look", .nudge = "reviewing look", .stop = "unmounting unmount"},
    /* As looking, but a foreign mount lies over ours, and a stop unmounts. */
    {"reviewing",
     .start = "-", .free = "trying try", .same = "checking check", .foreign = "waiting pause",
     .done = "-", .failed = "-", .hung = "-", .stale = "-",
     .timer = "-", .nudge = "-", .stop = "unmounting unmount"},
    /* No answer: the mount stays. A dead handle: it goes. */
    {"checking",
     .start = "-", .free = "-", .same = "-", .foreign = "-",
     .done = "up watch", .failed = "down pause", .hung = "down pause", .stale = "detaching detach",
     .timer = "-", .nudge = "-", .stop = "unmounting unmount"},
    {"down",
     .start = "-", .free = "-", .same = "-", .foreign = "-",
     .done = "-", .failed = "-", .hung = "-", .stale = "-",
     .timer = "reviewing look", .nudge = "reviewing look", .stop = "unmounting unmount"},
    /* However it ended, look again after the pause. */
    {"detaching",
     .start = "-", .free = "-", .same = "-", .foreign = "-",
     .done = "waiting pause", .failed = "waiting pause", .hung = "waiting pause", .stale = "waiting pause",
     .timer = "-", .nudge = "-", .stop = "leaving detach"},
    {"waiting",
     .start = "-", .free = "-", .same = "-", .foreign = "-",
     .done = "-", .failed = "-", .hung = "-", .stale = "-",
     .timer = "looking look", .nudge = "looking look", .stop = "unmounting unmount"},
    /* A second stop changes nothing: the first is under way. */
    {"unmounting",
     .start = "-", .free = "-", .same = "-", .foreign = "-",
     .done = "idle finish", .failed = "leaving detach", .hung = "leaving detach", .stale = "leaving detach",
     .timer = "-", .nudge = "-", .stop = "-"},
    {"leaving",
     .start = "-", .free = "-", .same = "-", .foreign = "-",
     .done = "idle finish", .failed = "idle finish", .hung = "idle finish", .stale = "idle finish",
     .timer = "-", .nudge = "-", .stop = "-"},
};
/* clang-format on */

enum { ROWS = sizeof rows / sizeof rows[0] };

/* The cell of a row, by the event's name. */
static const char *cell(const struct row *row, const char *event) {
    const struct {
        const char *event;
        const char *step;
    } cells[] = {
        {"start", row->start}, {"free", row->free},     {"same", row->same}, {"foreign", row->foreign},
        {"done", row->done},   {"failed", row->failed}, {"hung", row->hung}, {"stale", row->stale},
        {"timer", row->timer}, {"nudge", row->nudge},   {"stop", row->stop},
    };

    assert_int_equal(sizeof cells / sizeof cells[0], FSM_EVENTS);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        if (strcmp(cells[i].event, event) == 0)
            return cells[i].step;
    fail_msg("no expectation for the event %s", event);
    return NULL;
}

static const struct row *row_of(enum fsm_state state) {
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i].state, state_names[state]) == 0)
            return &rows[i];
    fail_msg("no expectation for the state %s", state_names[state]);
    return NULL;
}

static void every_cell_of_the_table_is_as_expected(void **unused) {
    (void)unused;
    assert_int_equal(ROWS, FSM_STATES);
    for (enum fsm_state state = 0; state < FSM_STATES; state++) {
        for (enum fsm_event event = 0; event < FSM_EVENTS; event++) {
            struct fsm_step step = fsm_next(state, event);
            const char *want = cell(row_of(state), event_names[event]);
            char nothing[48], got[48], wanted[48];

            snprintf(nothing, sizeof nothing, "%s nothing", state_names[state]);
            snprintf(got, sizeof got, "%s %s", state_names[step.state], action_names[step.action]);
            snprintf(wanted, sizeof wanted, "%s", want && strcmp(want, "-") != 0 ? want : nothing);
            if (!want || strcmp(got, wanted) != 0)
                fail_msg("%s + %s: %s, not %s", state_names[state], event_names[event], got, wanted);
        }
    }
}

/* Depth first from `state` over the events that `may_happen`. */
static void reach(enum fsm_state state, uint32_t events, bool reached[FSM_STATES]) {
    if (reached[state])
        return;
    reached[state] = true;
    for (enum fsm_event event = 0; event < FSM_EVENTS; event++)
        if (events >> event & 1)
            reach(fsm_next(state, event).state, events, reached);
}

static void every_state_can_be_reached(void **unused) {
    bool reached[FSM_STATES] = {false};

    (void)unused;
    reach(FSM_IDLE, ~UINT32_C(0), reached);
    for (enum fsm_state state = 0; state < FSM_STATES; state++)
        assert_true(reached[state]);
}

/* Whatever work still ends, and however: after a stop the way leads to idle and to no other state for ever. */
static void a_stop_ends_in_idle_from_every_state(void **unused) {
    const enum fsm_event ends[] = {FSM_DONE, FSM_FAILED, FSM_HUNG};

    (void)unused;
    for (enum fsm_state from = 0; from < FSM_STATES; from++) {
        for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
            enum fsm_state state = fsm_next(from, FSM_STOP).state;
            for (int steps = 0; state != FSM_IDLE && steps < 3; steps++)
                state = fsm_next(state, ends[i]).state;
            assert_int_equal(state, FSM_IDLE);
        }
    }
}

/* A state that waits for nothing would be the end of a mount that nobody ended. */
static void every_state_but_idle_waits_for_something(void **unused) {
    (void)unused;
    for (enum fsm_state state = FSM_IDLE + 1; state < FSM_STATES; state++) {
        int ways = 0;
        for (enum fsm_event event = FSM_FREE; event < FSM_STOP; event++)
            ways += fsm_next(state, event).state != state;
        assert_true(ways > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_of_the_table_is_as_expected),
        cmocka_unit_test(every_state_can_be_reached),
        cmocka_unit_test(a_stop_ends_in_idle_from_every_state),
        cmocka_unit_test(every_state_but_idle_waits_for_something),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
