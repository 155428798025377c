/* SPDX-License-Identifier: MIT */
/*
 * visit: one mount namespace: what in it comes from a target as it was before, and the new mount in its
 * place. Edge, in a child of its own, as it enters that namespace and cannot come back.
 *
 * The child enters the namespace, so that its table is whole whoever in it has another root, and reads it anew for each
 * mount: what was mended has changed it. Before each it says which, so that its parent can give each a deadline of its
 * own, end this child and send another one for the rest (crew.h).
 */
#ifndef USERMOUNT_CONTAINERS_VISIT_H
#define USERMOUNT_CONTAINERS_VISIT_H

#include "../settings/config.h"
#include "find.h"
#include "id.h"
#include "scan.h"
#include "../settings/options.h"

#include <stdbool.h>

/* A mount that has been seen to, in this look or an earlier one of the same worker. */
struct containers_seen {
    uint64_t mounts; /* the namespace */
    uint32_t id;     /* 0: all of it */
    bool behind;     /* told as such */
    bool again;      /* to be tried again, in another look */
    uint32_t look;   /* the last one in which it was tried */
};

struct containers_visit {
    const char *target;                     /* as configured */
    const struct containers_origin *origin; /* of the target */
    const struct options *options;          /* for mount(2) */
    bool report;                            /* change nothing */
    int proc;                               /* the agent's /proc */
    int home;                               /* its mount namespace */
    int fuse;                               /* its /dev/fuse, O_PATH; negative: there is none */
    int share;                              /* the target, mounted */
    int process;                            /* /proc/PID of one process of the namespace */
    uint64_t mounts;                        /* the namespace */
    const struct containers_process *processes;
    size_t process_count;
    uint32_t look;    /* which one this is */
    int64_t until_us; /* clock_us(): no mount is begun after it */
    const struct containers_seen *seen;
    size_t seen_count;
    const char *who_key; /* "container" or "pid", and which */
    char who[CONTAINERS_ID_SIZE];
    bool foreign_user; /* it has a user namespace of its own */
};

/* Writes its lines (tell.h) to `fd`: nothing where there was nothing to do. Does not come back to the
 * caller's namespace. May hang in any step; SIGTERM may end it at any time. */
void containers_visit(const struct containers_visit *visit, int fd);

/* Whether it needs no other look: what failed for a reason that may pass does, but not in the same look. */
bool containers_was_seen(const struct containers_visit *visit, uint32_t id);

#endif
