/* SPDX-License-Identifier: MIT */
/*
 * watched: turns the system's reports about one folder into records for all guests that want it. Edge.
 *
 *     watch -> gather (30 ms) -> look -> echo -> records
 */
#ifndef PACKER_EVENTS_WATCHED_H
#define PACKER_EVENTS_WATCHED_H

#include "../../agent/stream/stream.h"

struct watched {
    char *asked;             /* the name as asked for; owned */
    char *path;              /* the real name while it is watched, or NULL; owned */
    enum stream_state state; /* watched, missing or failed */
    int error;               /* errno, when it failed */
    unsigned moment;         /* counts how often watching began */
    uint64_t inode;          /* while it is watched */
    uint64_t device;
    uint64_t due_ns;              /* when the gathering is complete, by host_monotonic_ns(); 0: it is empty */
    bool is_doubtful;             /* call watched_check() now */
    enum stream_state told_state; /* as the last watched_check() reported them */
    int told_error;
    unsigned told_moment;
    unsigned users;
    struct watch *watch;
    struct gather *gather;
    struct echo *echo;
    /* Whether any guest wants `path`, or with `is_below` anything below it. Nothing else is gathered. */
    bool (*wanted)(void *context, const struct watched *watched, struct text path, bool is_below);
    void *context;
};

/* For a folder that may be missing. Its state is missing until the first watched_check(). NULL: no memory. */
struct watched *watched_new(const char *folder);

/* Checks that the watched folder is still there, or begins to watch it. True: state or moment changed. */
bool watched_check(struct watched *watched);

/* Readable when reports wait; -1: it is not watched. */
int watched_fd(const struct watched *watched);

/* Gathers the waiting reports. */
void watched_read(struct watched *watched, uint64_t now_ns);

/* Stores the gathered records without echoes and returns their number. Valid until the next call for any folder. */
size_t watched_take(struct watched *watched, const struct stream_record **records);

/* Forgets all records, because a new guest joins. None of its records is an echo yet. */
void watched_forget(struct watched *watched);

/* NULL is allowed. */
void watched_free(struct watched *watched);

#endif
