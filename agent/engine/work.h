/* SPDX-License-Identifier: MIT */
/* work: what a worker does for a mount, and how it ended. Types only. */
#ifndef USERMOUNT_WORK_H
#define USERMOUNT_WORK_H

enum work { WORK_TRY, WORK_PROBE, WORK_MOUNT, WORK_PROVE, WORK_CHECK, WORK_DETACH, WORK_UNMOUNT, WORKS };

/* HUNG: killed at its deadline. STALE: failed with ESTALE. */
enum work_end { WORK_DONE, WORK_FAILED, WORK_HUNG, WORK_STALE };

#endif
