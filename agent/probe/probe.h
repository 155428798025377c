/* SPDX-License-Identifier: MIT */
/*
 * probe: finds out, in user space, whether a server would serve an export, and which step says no. Edge; it runs
 * in a worker without privileges, and mounts nothing.
 *
 *     resolve -> connect to rpcbind and NFS side by side -> DUMP -> NULL, NULL -> EXPORT -> MNT -> GETATTR
 *
 * It does not look at the time: whoever runs it stops it at the deadline, and the recorder has told by then which
 * steps were under way.
 */
#ifndef USERMOUNT_PROBE_H
#define USERMOUNT_PROBE_H

#include "../settings/config.h"
#include "../system/recorder.h"
#include "../system/worker.h"

#include <stdint.h>

enum { PROBE_NFS_PORT = 2049 }; /* where NFS is tried before rpcbind has told */

struct probe_request {
    char server[CONFIG_SERVER_SIZE]; /* a name or a numeric address; empty: there is no default route */
    char export[CONFIG_PATH_SIZE];
    uint16_t nfs_port; /* asked for by the user; 0: rpcbind tells */
    uint16_t mount_port;
};

/* worker_task.prepare: while there still are privileges, bind sockets to reserved ports, as the kernel's client
 * will. A server that wants them then gives the probe the same answer as the kernel. */
void probe_prepare(const void *request);

/* worker_task.run: a struct probe_request. */
enum work_end probe_run(const void *request, struct recorder *recorder);

#endif
