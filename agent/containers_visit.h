/* SPDX-License-Identifier: MIT */
/*
 * containers_visit: one mount namespace: what in it comes from a target as it was before, and the new mount in its
 * place. Edge, in a child of its own, as it enters that namespace and cannot come back.
 *
 * Only a mount point that mountinfo names is touched, and only while it is where mountinfo says: each directory on the
 * way is opened by name without following links, and the mount that was found there must have the id of the one that
 * was meant (containers_path.h). The mounting goes through such a descriptor, by the agent's own /proc. Nothing of
 * the container's is opened or signalled.
 */
#ifndef USERMOUNT_CONTAINERS_VISIT_H
#define USERMOUNT_CONTAINERS_VISIT_H

#include "config.h"
#include "containers_find.h"
#include "containers_id.h"
#include "containers_scan.h"
#include "options.h"

#include <stdbool.h>

struct containers_visit {
    const char *target;                     /* as configured */
    const struct containers_origin *origin; /* of the target */
    const struct options *options;          /* for mount(2) */
    bool report;                            /* change nothing */
    int proc;                               /* the agent's /proc */
    int share;                              /* the target, mounted */
    int process;                            /* /proc/PID of one process of the namespace */
    const struct containers_process *processes;
    size_t process_count;
    struct text table;   /* its mountinfo */
    const char *who_key; /* "container" or "pid", and which */
    char who[CONTAINERS_ID_SIZE];
    bool foreign_user; /* it has a user namespace of its own */
};

/* How one mount fared; the first letter of what containers_visit() writes. */
#define CONTAINERS_HEALED 'h'
#define CONTAINERS_BEHIND 'b' /* left as it is */

/* Writes a letter and a log line for each mount to `fd`, each with its end of line: nothing where there was nothing to
 * do. Does not come back to the caller's namespace, and ends by SIGALRM when it takes too long. */
void containers_visit(const struct containers_visit *visit, int fd);

/* The line of a namespace that nothing was heard of, without letter and end of line. */
void containers_visit_lost(const struct containers_visit *visit, struct text_out *out);

#endif
