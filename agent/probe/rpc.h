/* SPDX-License-Identifier: MIT */
/*
 * rpc: the calls that libtirpc makes: rpcbind's table, NULL. Edge; private to the probe.
 *
 * Each function takes a connected, blocking socket and leaves it open. libtirpc then needs neither /etc/netconfig nor a
 * name service. Sources: RFC 5531, RFC 1833 (section 3), rpc_clnt_calls(3t).
 */
#ifndef USERMOUNT_PROBE_RPC_H
#define USERMOUNT_PROBE_RPC_H

#include "socket.h"
#include "../system/recorder.h"

/* STEP_DUMP: fills the ports and versions of NFS and MOUNT. 0 or -1: the recorder has the failure. */
int probe_rpc_dump(int fd, const struct probe_address *peer, struct recorder *recorder);

enum { PROBE_PROGRAM_NFS = 100003, PROBE_PROGRAM_MOUNT = 100005 };

/* STEP_NULL_NFS or STEP_NULL_MOUNTD: a NULL call to version 3 of `program`. 0 or -1, as above. */
int probe_rpc_null(int fd, const struct probe_address *peer, uint32_t program, enum step step,
                   struct recorder *recorder);

#endif
