/* SPDX-License-Identifier: MIT */
/*
 * containers: a mount that came late, or anew, reaches the mount namespaces that are there already. Edge, as a
 * worker_task.run: a child of the worker for each namespace that has something to mend, a few at a time.
 *
 * Who is behind is told by the mount tables alone, each time anew (find.h); what is done and what is not
 * touched, by visit.h. A namespace that cannot be mended is a line in the log, and nothing to the others.
 */
#ifndef USERMOUNT_CONTAINERS_H
#define USERMOUNT_CONTAINERS_H

#include "../mount/mounter.h"

struct containers_job {
    struct mounter_job mount; /* as it was mounted on its target */
    bool report;              /* log who is behind, and change nothing */
};

/* Looks twice: at once, and two seconds later at what was not there yet, since a container that was just being started
 * has its copy of the old tree, but no mount that tells. Where a server did not answer in time it looks again, each
 * time after twice as long. Logs as it goes. SIGTERM ends it within two seconds, with a line for what was under way.
 * WORK_FAILED: the target is not mounted, or /proc cannot be read. */
enum work_end containers_spread(const void *job, struct recorder *recorder);

#endif
