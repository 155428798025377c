/* SPDX-License-Identifier: MIT */
/*
 * links: the streams of all mounts, for the daemon's loop. It connects, runs the children and takes their reports.
 * Edge. It reads no byte of a stream and never waits.
 *
 * A stream has a reader (reader.h) once it is connected, and an actor (actor.h) with its scanner while the mount is up.
 * When one of them ends, all three end, the stream begins again, and a refresh makes up for missed edits. Without a
 * watcher on the Mac there is no child, only a connect now and then.
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

/* The daemon's services. */
struct links_calls {
    void *ctx;
    /* Refreshes the whole mount, in a child with a deadline; links_forgotten() follows. */
    void (*forget)(void *ctx, uint32_t mount);
    /* Publishes the mount's state again. */
    void (*publish)(void *ctx, uint32_t mount);
};

struct links_one {
    uint32_t index; /* of the mount */
    struct link link;
    char address[64]; /* of the server; empty: unknown yet */
    int stream;       /* the connect under way, later the reader's; -1: none */
    struct children children;
    bool up;       /* the mount is up, */
    bool coherent; /* and mounted coherently */
    bool was_up;
    bool actor_asked;  /* the actor waits for a refresh */
    bool forgetting;   /* a refresh is under way */
    bool again;        /* another one must follow */
    int64_t forgot_ms; /* when the last one began, mono */
    bool told;         /* the log has the stream's begin, and must get its end */
    bool refused;      /* the log has the watcher's refusal */
    uint64_t used;     /* mountstats.uses at the last refresh */
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

/* Begins the stream of the mount whose server is at `address` (numeric), once. */
void links_want(struct links *links, uint32_t mount, const char *address, int64_t now_ms);

struct links_mounted {
    bool up;       /* it answers */
    bool coherent; /* it asks the server only after a report */
    bool fresh;    /* this daemon mounted it */
};

/* Takes the mount's state, and starts and ends the actor with it. */
void links_mount(struct links *links, uint32_t mount, struct links_mounted now, int64_t now_ms);

/* Whether the stream is live, and a mount(2) may be coherent; and whether an attempt at one is under way. */
bool links_live(const struct links *links, uint32_t mount);
bool links_open(const struct links *links, uint32_t mount);

/* Whether a watcher accepted the connection. */
bool links_heard(const struct links *links, uint32_t mount);

/* When the stream was lost, mono. */
int64_t links_lost_ms(const struct links *links, uint32_t mount);

/* Takes the end of links_calls.forget(). */
void links_forgotten(struct links *links, uint32_t mount, bool done, int64_t now_ms);

/* The socket to the mount's reader, for the folders that containers bind (reader.h), and the reader's pid; -1: no
 * reader. */
int links_folders(const struct links *links, uint32_t mount, pid_t *reader);

/* Fills poll entries and returns their number, at most LINKS_POLLS; and takes the result of one. */
uint32_t links_poll(const struct links *links, struct pollfd *fds);
void links_ready(struct links *links, const struct pollfd *fd, int64_t now_ms);

/* Takes a reaped child and wait(2)'s `status`. True: it was one of the mount's. */
bool links_ended(struct links *links, uint32_t mount, pid_t pid, int status, int64_t now_ms);

/* Runs the timers that are due, and tells when the next one is (mono; -1: none). */
void links_tick(struct links *links, int64_t now_ms);
int64_t links_due_ms(const struct links *links);

void links_stop(struct links *links, int64_t now_ms);

#endif
