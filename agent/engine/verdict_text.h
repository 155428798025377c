/* SPDX-License-Identifier: MIT */
/*
 * verdict_text: the texts of the verdicts: each cause, what to do, and the words to fill in.
 *
 * PURE; private to verdict*.c and to the test that compares docs/verdicts.md with the table.
 */
#ifndef USERMOUNT_VERDICT_TEXT_H
#define USERMOUNT_VERDICT_TEXT_H

#include "verdict.h"

/* The first cause of each code is the usual one. */
enum verdict_cause {
    CAUSE_NONE,
    CAUSE_OK,
    CAUSE_SERVED,
    CAUSE_ADOPTED,
    CAUSE_NO_ROUTE,
    CAUSE_NO_ADDRESS,
    CAUSE_UNKNOWN_NAME,
    CAUSE_REFUSED,
    CAUSE_KERNEL_REFUSED,
    CAUSE_SILENT,
    CAUSE_CONNECT,
    CAUSE_HUNG_UP,
    CAUSE_HUNG_UP_LATER,
    CAUSE_NOT_REGISTERED,
    CAUSE_NFSD_UNREGISTERED,
    CAUSE_NFS_PORT_REFUSED,
    CAUSE_NOT_NFS,
    CAUSE_MOUNTD_NOT_REGISTERED,
    CAUSE_NO_RPCBIND,
    CAUSE_RPCBIND_SILENT,
    CAUSE_MOUNTD_PORT_REFUSED,
    CAUSE_NOT_MOUNTD,
    CAUSE_NFS_VERSIONS,
    CAUSE_MOUNT_VERSIONS,
    CAUSE_MISMATCH,
    CAUSE_NOT_LISTED,
    CAUSE_NOT_LISTED_NOR_THERE,
    CAUSE_NEAR_CASE,
    CAUSE_NEAR_PARENT,
    CAUSE_NEAR_CHILD,
    CAUSE_NEAR_SYSTEM_VOLUME,
    CAUSE_NEAR_SYSTEM_PARENT,
    CAUSE_MNT_DENIED,
    CAUSE_MNT_FAILED,
    CAUSE_KERNEL_DENIED,
    CAUSE_MOUNTD_AUTH,
    CAUSE_NFS_AUTH,
    CAUSE_GETATTR_DENIED,
    CAUSE_RPCBIND_REJECTS,
    CAUSE_MISSING_FOLDER,
    CAUSE_CONFLICT_SHARING,
    CAUSE_CONFLICT,
    CAUSE_BUSY,
    CAUSE_TARGET,
    CAUSE_TARGET_TAKEN,
    CAUSE_NO_KERNEL_NFS,
    CAUSE_BAD_OPTION,
    CAUSE_BAD_OPTIONS,
    CAUSE_BAD_BUILT_IN,
    CAUSE_STALLED,
    CAUSE_STATFS_SILENT,
    CAUSE_STALE,
    CAUSE_DOWN,
    CAUSE_INTERNAL,
    CAUSE_UNSTARTED,
    CAUSE_ENDED_EARLY,
    CAUSE_UNDONE,
    VERDICT_CAUSES
};

/* verdict_text.c replaces `{word}` in both texts. */
struct verdict_row {
    enum verdict_code code;
    const char *cause;
    const char *fix;
};
extern const struct verdict_row verdict_rows[VERDICT_CAUSES];

/* Fills *verdict with the cause's code and its two texts. `step`: the step that `{step}` and `{errno}` name; STEPS:
 * none. */
void verdict_write(enum verdict_cause cause, enum step step, const struct evidence *evidence,
                   const struct verdict_context *context, struct verdict *verdict);

#endif
