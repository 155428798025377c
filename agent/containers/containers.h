/* SPDX-License-Identifier: MIT */
/*
 * containers: brings a late or fresh mount to the existing mount namespaces. Edge, as a worker_task.run. The worker
 * sends a child into each namespace that needs healing, a few at a time.
 *
 * The mount tables alone show which mounts are behind, at each look again (find.h). visit.h says what a visit changes.
 * A namespace that cannot be healed is a line in the log and does not affect the others.
 */
#ifndef USERMOUNT_CONTAINERS_H
#define USERMOUNT_CONTAINERS_H

#include "../mount/mounter.h"

struct containers_job {
    struct mounter_job mount; /* as it was mounted on its target */
    bool report;              /* log the mounts that are behind, and change nothing */
};

/* Looks at once, and two seconds later at new mounts: a container that is just starting has a copy of the old tree, but
 * no bind yet. While mounts must be retried, it looks again, after twice the pause each time. It logs each result.
 * SIGTERM ends it within two seconds, with a line for the work under way. WORK_FAILED: the target is not mounted, or
 * /proc is unreadable. */
enum work_end containers_spread(const void *job, struct recorder *recorder);

#endif
