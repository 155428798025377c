/* SPDX-License-Identifier: MIT */
/*
 * link: the life of one mount's stream from the watcher on the Mac, as a table, and what it makes of the mount's cache.
 *
 * PURE: the caller connects, runs the children and tells the time.
 */
#ifndef USERMOUNT_EVENTS_LINK_H
#define USERMOUNT_EVENTS_LINK_H

#include <stdbool.h>
#include <stdint.h>

enum link_state {
    LINK_OFF,        /* events=off, or the mount is not wanted */
    LINK_AWAY,       /* between two calls */
    LINK_CALLING,    /* connecting */
    LINK_GREETING,   /* the hello is sent */
    LINK_FORGETTING, /* it tells of every edit; what was cached before is made to be looked up anew */
    LINK_LIVE,
    LINK_STATES
};

enum link_event {
    LINK_START,
    LINK_STOP,
    LINK_TIMER,
    LINK_CONNECTED,
    LINK_FAILED, /* to connect, or to forget */
    LINK_WATCHED,
    LINK_ENDED, /* the stream, for whatever reason */
    LINK_FORGOTTEN,
    LINK_EVENTS
};

enum link_action {
    LINK_NOTHING,
    LINK_CALL,
    LINK_GREET,  /* start the reader */
    LINK_FORGET, /* at once; LINK_FORGOTTEN or LINK_FAILED follows */
    LINK_TELL,   /* the stream is there: log and publish */
    LINK_DROP,   /* close and kill what there is; the timer is set */
    LINK_HANG_UP /* the same, for good */
};

struct link {
    enum link_state state;
    int64_t due_ms;    /* the timer, mono; -1: off */
    int64_t lost_ms;   /* since when nothing is told, mono */
    int64_t forget_ms; /* coherent without word: when to look everything up anew next, mono; -1: not */
    uint32_t failures; /* in a row, for the pause */
};

#define LINK_CONNECT_MS 1000
#define LINK_GREET_MS 2000
#define LINK_FORGET_MS 5000
#define LINK_PLAIN_MS                                                                                                  \
    3000 /* how often a coherent mount without word is looked up anew: plain NFS's shortest memory                     \
          */

void link_init(struct link *link);

/* The event's step: what to do now. `now_ms` is mono. */
enum link_action link_feed(struct link *link, enum link_event event, int64_t now_ms);

/* Every edit is told, and nothing older is in the cache. */
bool link_is_live(const struct link *link);

/* Whether it is not clear yet if a stream comes: the answer takes milliseconds where a watcher listens, and where
 * nobody does. */
bool link_is_open(const struct link *link);

#endif
