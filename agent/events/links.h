/* SPDX-License-Identifier: MIT */
/*
 * links: the streams of all mounts, for the daemon's loop: connects, runs the children, hears what they say. Edge. It
 * reads no byte of a stream and waits for nobody.
 *
 * A mount's stream has a reader (reader.h) from the connect on, and an actor (actor.h) with its scanner while the mount
 * is up as well. When one of them ends, all three do, and the stream begins anew: whatever was missed is looked up anew
 * then. Without a watcher on the Mac there is no child, but for a connect now and then.
 */
#ifndef USERMOUNT_EVENTS_LINKS_H
#define USERMOUNT_EVENTS_LINKS_H

#include "../settings/config.h"
#include "children.h"
#include "link.h"
#include "reader.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What the daemon does for the links. */
struct links_calls {
    void *ctx;
    /* Make the mount look everything up anew, in a child with a deadline; links_forgotten() follows. */
    void (*forget)(void *ctx, uint32_t mount);
    /* The mount's published state has changed. */
    void (*publish)(void *ctx, uint32_t mount);
};

struct links_one {
    struct link link;
    char address[64]; /* of the server; empty: not known yet */
    int stream;       /* the connect under way; -1: none. The reader has it later. */
    struct children children;
    bool up;       /* the mount is, */
    bool coherent; /* and how it is mounted */
    bool was_up;
    bool actor_asked; /* the actor waits for a forget */
    bool forgetting;  /* one is under way */
    bool again;       /* another one is wanted behind it */
    bool told;        /* that the stream is there: its end is told as well */
    uint64_t used;    /* mountstats_uses() when it was last looked up anew */
    char reason[sizeof((struct reader_word *)0)->text];
};

struct links {
    const struct config *config;
    struct links_calls calls;
    int run_dir;
    struct links_one ones[CONFIG_MOUNTS_MAX];
};

#define LINKS_POLLS (CONFIG_MOUNTS_MAX * 3)

void links_init(struct links *links, const struct config *config, const struct links_calls *calls, int run_dir);

/* The mount's server is at `address` (numeric): begin, if that has not been done. */
void links_want(struct links *links, uint32_t mount, const char *address, int64_t now_ms);

struct links_mounted {
    bool up;       /* it answers */
    bool coherent; /* its client asks the server only when it is told to */
    bool fresh;    /* this daemon mounted it */
};

/* How the mount stands; starts and ends what depends on it. */
void links_mount(struct links *links, uint32_t mount, struct links_mounted now, int64_t now_ms);

/* The stream is there, so that a mount(2) may be coherent; or that will be known within milliseconds. */
bool links_live(const struct links *links, uint32_t mount);
bool links_open(const struct links *links, uint32_t mount);

/* Somebody listens there. */
bool links_heard(const struct links *links, uint32_t mount);

/* Since when there is none, mono. */
int64_t links_lost_ms(const struct links *links, uint32_t mount);

/* links_calls.forget() has ended. */
void links_forgotten(struct links *links, uint32_t mount, bool done, int64_t now_ms);

/* The socket on which the mount's reader takes the folders that containers bind (reader.h), and which reader that is;
 * -1: there is none. */
int links_folders(const struct links *links, uint32_t mount, pid_t *reader);

/* The poll entries: their number, at most LINKS_POLLS; and what poll(2) made of one of them. */
uint32_t links_poll(const struct links *links, struct pollfd *fds);
void links_ready(struct links *links, const struct pollfd *fd, int64_t now_ms);

/* True when the child was one of the mount's. */
bool links_ended(struct links *links, uint32_t mount, pid_t pid, int64_t now_ms);

/* The timers that are due, and when the next one is (mono; -1: none). */
void links_tick(struct links *links, int64_t now_ms);
int64_t links_due_ms(const struct links *links);

void links_stop(struct links *links, int64_t now_ms);

#endif
