/* SPDX-License-Identifier: MIT */
/*
 * bound: finds the folders of the share that mount namespaces bind or mount. Edge, as a worker_task.run.
 *
 * The watcher on the Mac ignores folders where nobody works (docs/events.md). Whoever binds one works there.
 */
#ifndef USERMOUNT_CONTAINERS_BOUND_H
#define USERMOUNT_CONTAINERS_BOUND_H

#include "../mount/mounter.h"

struct containers_bound_job {
    struct mounter_job mount; /* as it is mounted on its target */
    int folders;              /* a socket of packets */
};

/*
 * Sends one packet (folders.h), with an empty name if no folder is bound. WORK_FAILED: the target is not mounted, or
 * /proc is unreadable; it sends nothing.
 */
enum work_end containers_bound(const void *job, struct recorder *recorder);

#endif
