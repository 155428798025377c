/* SPDX-License-Identifier: MIT */
/*
 * verdict_text: the words of a verdict: causes, fixes, and what is filled in.
 *
 * PURE. Private to verdict*.c.
 */
#ifndef USERMOUNT_VERDICT_TEXT_H
#define USERMOUNT_VERDICT_TEXT_H

#include "verdict.h"

enum verdict_cause {
    CAUSE_NONE,
    CAUSE_OK,
    CAUSE_ADOPTED,
    CAUSE_NO_ADDRESS,
    CAUSE_NO_ROUTE,
    CAUSE_REFUSED,
    CAUSE_CONNECT,
    CAUSE_SILENT,
    CAUSE_HUNG_UP,
    CAUSE_NO_RPCBIND,
    CAUSE_RPCBIND_SILENT,
    CAUSE_RPCBIND_REJECTS,
    CAUSE_NOT_REGISTERED,
    CAUSE_MOUNTD_NOT_REGISTERED,
    CAUSE_PORT_REFUSED,
    CAUSE_NO_PROGRAM,
    CAUSE_NFS_VERSIONS,
    CAUSE_MOUNT_VERSIONS,
    CAUSE_MISMATCH,
    CAUSE_NEAR,
    CAUSE_NOT_LISTED,
    CAUSE_MNT_DENIED,
    CAUSE_AUTH,
    CAUSE_GETATTR_DENIED,
    CAUSE_STALE,
    CAUSE_TARGET,
    CAUSE_TARGET_TAKEN,
    CAUSE_NO_KERNEL_NFS,
    CAUSE_BAD_OPTION,
    CAUSE_BUSY,
    CAUSE_CONFLICT,
    CAUSE_KERNEL_DENIED,
    CAUSE_KERNEL_REFUSED,
    CAUSE_STALLED,
    CAUSE_DOWN,
    CAUSE_INTERNAL,
    VERDICT_CAUSES
};

/* Fill *verdict with the code and its two texts. */
void verdict_write(enum verdict_code code, enum verdict_cause cause, const struct evidence *evidence,
                   const struct verdict_context *context, struct verdict *verdict);

#endif
