/* SPDX-License-Identifier: MIT */
/*
 * watched: one folder that is watched for whoever wants it: from what the system tells to records. Edge.
 *
 *     watch -> gather (30 ms) -> look -> echo -> records
 */
#ifndef PACKER_EVENTS_WATCHED_H
#define PACKER_EVENTS_WATCHED_H

#include "../../agent/stream/stream.h"

struct watched {
    char *asked;             /* the name by which it was opened; ours */
    char *path;              /* its real one while it is watched, or NULL; ours */
    enum stream_state state; /* watched, missing or failed */
    int error;               /* why it failed */
    unsigned moment;         /* counts: another one is a new point in time from which on all is told */
    uint64_t inode;          /* while it is watched */
    uint64_t device;
    uint64_t due_ns;  /* when what is gathered wants to be told, by host_monotonic_ns(); 0: there is nothing */
    bool is_doubtful; /* it wants watched_check() now */
    enum stream_state told_state; /* what the last watched_check() has told */
    int told_error;
    unsigned told_moment;
    unsigned users;
    struct watch *watch;
    struct gather *gather;
    struct echo *echo;
    /* Whether anybody wants to be told of `path`, or (is_below) of anything below it: the rest is not gathered. */
    bool (*wanted)(void *context, const struct watched *watched, struct text path, bool is_below);
    void *context;
};

/* Of a folder that may not be there. NULL: no memory. It is missing until the first watched_check(). */
struct watched *watched_new(const char *folder);

/* Looks whether the folder is still the one that is watched, or can be watched now. True: state or moment is another.
 */
bool watched_check(struct watched *watched);

/* Readable when there is something to gather; -1: it is not watched. */
int watched_fd(const struct watched *watched);

/* Gathers what is there. */
void watched_read(struct watched *watched, uint64_t now_ns);

/* What was gathered, as records, echoes left out; valid until the next call for any folder. Their number. */
size_t watched_take(struct watched *watched, const struct stream_record **records);

/* Somebody is told of the folder only from now on: nothing is an echo for them. */
void watched_forget(struct watched *watched);

/* Also of NULL. */
void watched_free(struct watched *watched);

#endif
