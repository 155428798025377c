/* SPDX-License-Identifier: MIT */
#include "link.h"

#define PAUSE_FIRST_MS 250
#define PAUSE_MOST_MS 5000 /* a new watcher waits no longer than this */

struct step {
    enum link_state state;
    enum link_action action;
};

/* An event that is not listed changes nothing. */
static const struct step table[LINK_STATES][LINK_EVENTS] =
    {
        [LINK_OFF] = {[LINK_START] = {LINK_CALLING, LINK_CALL}},
        [LINK_AWAY] =
            {
                [LINK_TIMER] = {LINK_CALLING, LINK_CALL},
                [LINK_START] = {LINK_CALLING, LINK_CALL},
                [LINK_STOP] = {LINK_OFF, LINK_HANG_UP},
            },
        [LINK_CALLING] =
            {
                [LINK_CONNECTED] = {LINK_GREETING, LINK_GREET},
                [LINK_FAILED] = {LINK_AWAY, LINK_DROP},
                [LINK_TIMER] = {LINK_AWAY, LINK_DROP},
                [LINK_STOP] = {LINK_OFF, LINK_HANG_UP},
            },
        [LINK_GREETING] =
            {
                [LINK_WATCHED] = {LINK_FORGETTING, LINK_FORGET},
                [LINK_FAILED] = {LINK_AWAY, LINK_DROP},
                [LINK_ENDED] = {LINK_AWAY, LINK_DROP},
                [LINK_TIMER] = {LINK_AWAY, LINK_DROP},
                [LINK_STOP] = {LINK_OFF, LINK_HANG_UP},
            },
        [LINK_FORGETTING] =
            {
                [LINK_FORGOTTEN] = {LINK_LIVE, LINK_TELL},
                [LINK_FAILED] = {LINK_AWAY, LINK_DROP},
                [LINK_ENDED] = {LINK_AWAY, LINK_DROP},
                [LINK_TIMER] = {LINK_AWAY, LINK_DROP},
                [LINK_STOP] = {LINK_OFF, LINK_HANG_UP},
            },
        [LINK_LIVE] =
            {
                [LINK_WATCHED] = {LINK_FORGETTING, LINK_FORGET}, /* the watcher may have missed edits before it */
                [LINK_FAILED] = {LINK_AWAY, LINK_DROP},
                [LINK_ENDED] = {LINK_AWAY, LINK_DROP},
                [LINK_STOP] = {LINK_OFF, LINK_HANG_UP},
            },
};

static int64_t pause_ms(const struct link *link) {
    int64_t pause_ms = PAUSE_FIRST_MS;

    for (uint32_t i = 1; i < link->failures && pause_ms < PAUSE_MOST_MS; i++)
        pause_ms *= 2;
    return pause_ms < PAUSE_MOST_MS ? pause_ms : PAUSE_MOST_MS;
}

void link_init(struct link *link) {
    *link = (struct link){.state = LINK_OFF, .due_ms = -1, .lost_ms = -1, .forget_ms = -1};
}

static int64_t timer_ms(const struct link *link) {
    switch (link->state) {
    case LINK_AWAY:
        return pause_ms(link);
    case LINK_CALLING:
        return LINK_CONNECT_MS;
    case LINK_GREETING:
        return LINK_GREET_MS;
    case LINK_FORGETTING:
        return LINK_FORGET_MS;
    case LINK_OFF:
    case LINK_LIVE:
    case LINK_STATES:
        break;
    }
    return -1;
}

enum link_action link_feed(struct link *link, enum link_event event, int64_t now_ms) {
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
    int64_t delay_ms = timer_ms(link);
    link->due_ms = delay_ms < 0 ? -1 : now_ms + delay_ms;
    return step.action;
}

bool link_is_live(const struct link *link) {
    return link->state == LINK_LIVE;
}

bool link_is_open(const struct link *link) {
    return link->state == LINK_CALLING || link->state == LINK_GREETING || link->state == LINK_FORGETTING;
}
