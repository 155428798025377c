/* SPDX-License-Identifier: MIT */
/*
 * link: the life of one mount's stream from the watcher, as a table, and the state of the mount's cache.
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
    LINK_FORGETTING, /* the watcher reports every edit; the older cache is being refreshed */
    LINK_LIVE,
    LINK_STATES
};

enum link_event {
    LINK_START,
    LINK_STOP,
    LINK_TIMER,
    LINK_CONNECTED,
    LINK_FAILED, /* the connect, or the refresh */
    LINK_WATCHED,
    LINK_ENDED, /* the stream, whatever the reason */
    LINK_FORGOTTEN,
    LINK_EVENTS
};

enum link_action {
    LINK_NOTHING,
    LINK_CALL,
    LINK_GREET,  /* start the reader */
    LINK_FORGET, /* refresh the mount; LINK_FORGOTTEN or LINK_FAILED follows */
    LINK_TELL,   /* the stream is live: log and publish */
    LINK_DROP,   /* close and kill everything; the timer is set */
    LINK_HANG_UP /* the same, for good */
};

struct link {
    enum link_state state;
    int64_t due_ms;    /* the timer, mono; -1: off */
    int64_t lost_ms;   /* when the stream was lost, mono */
    int64_t forget_ms; /* the next refresh of a coherent mount without a stream, mono; -1: none */
    uint32_t failures; /* in a row, for the pause */
};

#define LINK_CONNECT_MS 1000
#define LINK_GREET_MS 2000
#define LINK_FORGET_MS 5000
/* Between the begins of two refreshes: the watcher and the actor can ask for any number. */
#define LINK_AGAIN_MS 100
/* Between two refreshes of a coherent mount without a stream: acregmin, plain NFS's shortest cache time. */
#define LINK_PLAIN_MS 3000

void link_init(struct link *link);

/* Feeds an event and returns what to do now. `now_ms` is mono. */
enum link_action link_feed(struct link *link, enum link_event event, int64_t now_ms);

/* The watcher reports every edit, and the cache holds nothing older. */
bool link_is_live(const struct link *link);

/* Whether an attempt at a stream is under way. It ends within milliseconds, with or without a watcher. */
bool link_is_open(const struct link *link);

#endif
