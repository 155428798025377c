/* SPDX-License-Identifier: MIT */
#include "link.h"

#define PAUSE_FIRST_MS 250
#define PAUSE_MOST_MS 5000 /* a new watcher waits no longer than this */

struct step {
    enum link_state state;
    enum link_action action;
};

/* clang-format off */
#define DROPPED {LINK_AWAY, LINK_DROP}
#define STOPPED {LINK_OFF, LINK_HANG_UP}

/* An event that is not listed changes nothing. */
static const struct step table[LINK_STATES][LINK_EVENTS] = {
    [LINK_OFF] = {[LINK_START] = {LINK_CALLING, LINK_CALL}},
    [LINK_AWAY] = {[LINK_TIMER] = {LINK_CALLING, LINK_CALL}, [LINK_START] = {LINK_CALLING, LINK_CALL},
                   [LINK_STOP] = STOPPED},
    [LINK_CALLING] = {[LINK_CONNECTED] = {LINK_GREETING, LINK_GREET},
                      [LINK_FAILED] = DROPPED, [LINK_TIMER] = DROPPED, [LINK_STOP] = STOPPED},
    [LINK_GREETING] = {[LINK_WATCHED] = {LINK_FORGETTING, LINK_FORGET},
                       [LINK_FAILED] = DROPPED, [LINK_ENDED] = DROPPED, [LINK_TIMER] = DROPPED, [LINK_STOP] = STOPPED},
    [LINK_FORGETTING] = {[LINK_FORGOTTEN] = {LINK_LIVE, LINK_TELL},
                         [LINK_FAILED] = DROPPED, [LINK_ENDED] = DROPPED, [LINK_TIMER] = DROPPED, [LINK_STOP] = STOPPED},
    [LINK_LIVE] = {[LINK_WATCHED] = {LINK_FORGETTING, LINK_FORGET}, /* the watcher may have missed edits before it */
                   [LINK_FAILED] = DROPPED, [LINK_ENDED] = DROPPED, [LINK_STOP] = STOPPED},
};
/* clang-format on */

static int64_t pause_ms(const struct link *link) {
    int64_t pause_ms = PAUSE_FIRST_MS;

    for (uint32_t i = 1; i < link->failures && pause_ms < PAUSE_MOST_MS; i++)
        pause_ms *= 2;
    return pause_ms < PAUSE_MOST_MS ? pause_ms : PAUSE_MOST_MS;
}

void link_init(struct link *link) {
    *link = (struct link){.state = LINK_OFF, .due_ms = -1, .lost_ms = -1, .forget_ms = -1};
}

enum link_action link_feed(struct link *link, enum link_event event, int64_t now_ms) {
    static const int64_t limits_ms[LINK_STATES] = {
        [LINK_CALLING] = LINK_CONNECT_MS, [LINK_GREETING] = LINK_GREET_MS, [LINK_FORGETTING] = LINK_FORGET_MS};
    struct step step = table[link->state][event];
    bool was_live = link->state == LINK_LIVE;

    if (step.action == LINK_NOTHING)
        return LINK_NOTHING;
    link->state = step.state;
    if (step.state == LINK_AWAY)
        link->failures = was_live ? 1 : link->failures + 1;
    if (step.state == LINK_LIVE) {
        link->failures = 0;
        link->lost_ms = link->forget_ms = -1;
    } else if (was_live || link->lost_ms < 0) {
        link->lost_ms = link->forget_ms = now_ms;
    }
    int64_t delay_ms = step.state == LINK_AWAY ? pause_ms(link) : limits_ms[step.state];
    link->due_ms = delay_ms == 0 ? -1 : now_ms + delay_ms;
    return step.action;
}

bool link_is_live(const struct link *link) {
    return link->state == LINK_LIVE;
}

bool link_is_open(const struct link *link) {
    return link->state == LINK_CALLING || link->state == LINK_GREETING || link->state == LINK_FORGETTING;
}
