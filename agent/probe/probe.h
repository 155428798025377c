/* SPDX-License-Identifier: MIT */
/*
 * probe: finds out, in user space, whether a server would serve an export, and which step fails. Edge. It runs in a
 * worker without privileges, and mounts nothing.
 *
 *     resolve -> connect to rpcbind and NFS side by side -> DUMP -> NULL, NULL -> EXPORT -> MNT -> GETATTR
 *
 * It has no time limit of its own. The worker is killed at its deadline, and the recorder has sent by then which steps
 * were under way.
 */
#ifndef USERMOUNT_PROBE_H
#define USERMOUNT_PROBE_H

#include "../settings/config.h"
#include "../system/recorder.h"
#include "../system/worker.h"

#include <stdint.h>

enum { PROBE_NFS_PORT = 2049 }; /* the probe tries NFS there before rpcbind has answered */

struct probe_request {
    char server[CONFIG_SERVER_SIZE]; /* a name or a numeric address; empty: there is no default route */
    char export[CONFIG_PATH_SIZE];
    uint16_t nfs_port; /* as the user set it; 0: rpcbind tells */
    uint16_t mount_port;
};

/* worker_task.prepare for a struct probe_request: binds sockets to reserved ports while the child still has its
 * privileges. A server that requires such ports then gives the probe the same answer as the kernel's client. */
void probe_prepare(const void *request);

/* worker_task.run for a struct probe_request. WORK_DONE: every step succeeded, the export list excepted. */
enum work_end probe_run(const void *request, struct recorder *recorder);

#endif
