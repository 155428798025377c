/* SPDX-License-Identifier: MIT */
/*
 * visit: finds the mounts of one namespace that are behind, and replaces them. Edge, in a child of its own, which
 * enters the namespace for good.
 *
 * From inside, the child sees the whole mount table, whatever root the container's processes have. It reads the table
 * again for each mount, since each replacement changes it. It reports each mount before it begins. The crew gives each
 * a deadline, and can end this child and send another one for the rest (crew.h).
 */
#ifndef USERMOUNT_CONTAINERS_VISIT_H
#define USERMOUNT_CONTAINERS_VISIT_H

#include "find.h"
#include "id.h"
#include "scan.h"
#include "seen.h"

#include <stdbool.h>

struct containers_visit {
    const char *target;                     /* as configured */
    const struct containers_origin *origin; /* of the target */
    const struct options *options;          /* for mount(2) */
    bool report;                            /* change nothing */
    int proc;                               /* the agent's /proc */
    int home;                               /* the agent's mount namespace */
    int fuse;                               /* the agent's /dev/fuse, O_PATH; negative: there is none */
    int share;                              /* the target, mounted */
    int process;                            /* /proc/PID of one process of the namespace */
    uint64_t mounts;                        /* the namespace */
    const struct containers_process *processes;
    size_t process_count;
    int64_t until_us; /* by clock_us(): no work on a mount begins later */
    struct containers_memory *memory;
    const char *who_key;          /* the log's key, "container" or "pid", */
    char who[CONTAINERS_ID_SIZE]; /* and its value */
    bool foreign_user;            /* the namespace belongs to another user namespace */
};

/* Writes its lines (tell.h) to `fd`; none if there is nothing to do. The process stays in the namespace. Any step may
 * hang, and SIGTERM may end it at any time. */
void containers_visit(const struct containers_visit *visit, int fd);

#endif
