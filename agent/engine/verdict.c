/* SPDX-License-Identifier: MIT */
#include "verdict.h"

#include "verdict_text.h"

#include <errno.h>
#include <stddef.h>

/* Numbers of the protocols: this file includes no header of a library or of the kernel. */
enum {
    MNT3_PERM = 1, /* RFC 1813, 5.1.5 */
    MNT3_NOENT = 2,
    MNT3_ACCES = 13,
    MNT3_NOTDIR = 20,
    NFS3_STALE = 70, /* RFC 1813, 2.6 */
    NFS_VERSION = 3,
    MOUNT_VERSION = 3
};

static bool is_done(const struct evidence *e, enum step step) {
    return e->steps[step].state == STEP_DONE;
}

static bool both_refused(const struct evidence *e) {
    return e->steps[STEP_CONNECT_NFS].error == ECONNREFUSED;
}

static bool only_nfs_answers(const struct evidence *e) {
    return is_done(e, STEP_CONNECT_NFS);
}

static bool only_nfs_welcomes(const struct evidence *e) {
    return only_nfs_answers(e) && e->rpc == RPC_AUTH;
}

static bool not_registered(const struct evidence *e) {
    return is_done(e, STEP_DUMP) && e->nfs_versions == 0 && !e->nfs_registered;
}

static bool no_version_3(const struct evidence *e) {
    return is_done(e, STEP_DUMP) && !(e->nfs_versions >> NFS_VERSION & 1);
}

static bool mountd_not_registered(const struct evidence *e) {
    return is_done(e, STEP_DUMP) && e->mount_versions == 0;
}

static bool neither_registered(const struct evidence *e) {
    return not_registered(e) && mountd_not_registered(e);
}

static bool mountd_no_version_3(const struct evidence *e) {
    return is_done(e, STEP_DUMP) && !(e->mount_versions >> MOUNT_VERSION & 1);
}

static bool has_errno(const struct evidence *e) {
    return e->steps[STEP_START].error != 0;
}

static bool no_errno(const struct evidence *e) {
    return e->steps[STEP_TARGET].error == 0;
}

static bool no_such_name(const struct evidence *e) {
    return e->unknown_name;
}

static bool is_absent(const struct evidence *e) {
    return e->mount_status == MNT3_NOENT || e->mount_status == MNT3_NOTDIR;
}

static bool listed_and_absent(const struct evidence *e) {
    return e->listed && is_absent(e);
}

/* A folder above it is exported, and the folder itself is missing. */
static bool above_and_absent(const struct evidence *e) {
    return !e->listed && e->near == NEAR_PARENT && is_absent(e);
}

static bool unlisted_and_absent(const struct evidence *e) {
    return !e->listed && is_absent(e);
}

static bool unlisted(const struct evidence *e) {
    return !e->listed;
}

static bool mount_denies(const struct evidence *e) {
    return e->mount_status == MNT3_PERM || e->mount_status == MNT3_ACCES;
}

static bool mount_said_no(const struct evidence *e) {
    return e->mount_status != 0;
}

static bool nfs_stale(const struct evidence *e) {
    return e->nfs_status == NFS3_STALE;
}

static bool nfs_said_no(const struct evidence *e) {
    return e->nfs_status == EPERM || e->nfs_status == EACCES; /* NFS3ERR_PERM, NFS3ERR_ACCES: the same numbers */
}

static bool names_option(const struct evidence *e) {
    return e->detail[0] != '\0';
}

/*
 * The first row that fits decides. It fits if the faulty step lies in `first`..`last` and has this `state`, errno (0:
 * any) and RPC outcome (RPC_FINE: any), the best candidate of the list is this `near` (NEAR_NONE: any), and `when`
 * holds (NULL: always).
 */
struct rule {
    enum step first, last;
    enum step_state state;
    int error;
    bool (*when)(const struct evidence *evidence);
    enum verdict_cause cause;
    uint8_t rpc;  /* enum rpc_outcome */
    uint8_t near; /* enum near_miss */
};

/* clang-format off */
#define FROM(first, last, state, error, when, cause) \
    {STEP_##first, STEP_##last, STEP_##state, error, when, CAUSE_##cause, RPC_FINE, NEAR_NONE}
#define ONE(step, state, error, when, cause) FROM(step, step, state, error, when, cause)
#define RPC(first, last, outcome, cause) \
    {STEP_##first, STEP_##last, STEP_FAILED, 0, NULL, CAUSE_##cause, RPC_##outcome, NEAR_NONE}
#define NEAR_MISS(kind) {STEP_MNT, STEP_MNT, STEP_FAILED, 0, unlisted, CAUSE_NEAR_##kind, RPC_FINE, NEAR_##kind}

static const struct rule rules[] = {
    ONE(START, FAILED, 0, has_errno, UNSTARTED),
    ONE(START, FAILED, 0, NULL, ENDED_EARLY),
    RPC(RESOLVE, GETATTR, UNSENT, INTERNAL),
    ONE(RESOLVE, FAILED, 0, no_such_name, UNKNOWN_NAME),
    ONE(RESOLVE, FAILED, 0, NULL, NO_ADDRESS),
    ONE(RESOLVE, RUNNING, 0, NULL, NO_ADDRESS),
    FROM(CONNECT_RPCBIND, MOUNT, FAILED, ENETUNREACH, NULL, NO_ROUTE),
    FROM(CONNECT_RPCBIND, MOUNT, FAILED, ENETDOWN, NULL, NO_ROUTE),
    FROM(CONNECT_RPCBIND, MOUNT, FAILED, EADDRNOTAVAIL, NULL, NO_ROUTE),
    ONE(CONNECT_RPCBIND, FAILED, ECONNREFUSED, both_refused, REFUSED),
    ONE(DUMP, FAILED, 0, only_nfs_welcomes, RPCBIND_REJECTS),
    FROM(CONNECT_RPCBIND, DUMP, FAILED, 0, only_nfs_answers, NO_RPCBIND),
    FROM(CONNECT_RPCBIND, DUMP, RUNNING, 0, only_nfs_answers, RPCBIND_SILENT),
    ONE(CONNECT_RPCBIND, FAILED, 0, NULL, CONNECT),
    ONE(CONNECT_NFS, FAILED, 0, not_registered, NOT_REGISTERED),
    ONE(CONNECT_NFS, RUNNING, 0, not_registered, NOT_REGISTERED),
    ONE(CONNECT_NFS, FAILED, 0, no_version_3, NFS_VERSIONS),
    ONE(CONNECT_NFS, FAILED, ECONNREFUSED, NULL, NFS_PORT_REFUSED),
    ONE(CONNECT_MOUNTD, FAILED, ECONNREFUSED, NULL, MOUNTD_PORT_REFUSED),
    ONE(CONNECT_MOUNTD, FAILED, 0, neither_registered, NFSD_UNREGISTERED),
    ONE(CONNECT_MOUNTD, FAILED, 0, mountd_not_registered, MOUNTD_NOT_REGISTERED),
    ONE(CONNECT_MOUNTD, FAILED, 0, mountd_no_version_3, MOUNT_VERSIONS),
    ONE(CONNECT_NFS, FAILED, 0, NULL, CONNECT),
    ONE(CONNECT_MOUNTD, FAILED, 0, NULL, CONNECT),
    FROM(CONNECT_RPCBIND, GETATTR, RUNNING, 0, NULL, SILENT),
    RPC(NULL_NFS, NULL_NFS, AUTH, NFS_AUTH),
    RPC(NULL_MOUNTD, MNT, AUTH, MOUNTD_AUTH),
    RPC(GETATTR, GETATTR, AUTH, NFS_AUTH),
    RPC(NULL_NFS, NULL_NFS, NO_PROGRAM, NOT_NFS),
    RPC(NULL_MOUNTD, MNT, NO_PROGRAM, NOT_MOUNTD),
    RPC(GETATTR, GETATTR, NO_PROGRAM, NOT_NFS),
    RPC(NULL_NFS, GETATTR, NO_VERSION, MISMATCH),
    RPC(DUMP, NULL_NFS, LOST, HUNG_UP),
    RPC(NULL_MOUNTD, NULL_MOUNTD, LOST, HUNG_UP),
    RPC(EXPORTS, GETATTR, LOST, HUNG_UP_LATER),
    ONE(MNT, FAILED, 0, listed_and_absent, MISSING_FOLDER),
    ONE(MNT, FAILED, 0, above_and_absent, MISSING_FOLDER),
    NEAR_MISS(CASE),
    NEAR_MISS(PARENT),
    NEAR_MISS(CHILD),
    NEAR_MISS(SYSTEM_VOLUME),
    NEAR_MISS(SYSTEM_PARENT),
    ONE(MNT, FAILED, 0, unlisted_and_absent, NOT_LISTED_NOR_THERE),
    ONE(MNT, FAILED, 0, unlisted, NOT_LISTED),
    ONE(MNT, FAILED, 0, mount_denies, MNT_DENIED),
    ONE(MNT, FAILED, 0, mount_said_no, MNT_FAILED),
    ONE(GETATTR, FAILED, 0, nfs_said_no, GETATTR_DENIED),
    ONE(GETATTR, FAILED, 0, nfs_stale, STALE),
    ONE(TARGET, FAILED, 0, no_errno, TARGET_TAKEN),
    ONE(TARGET, FAILED, 0, NULL, TARGET),
    ONE(MOUNT, FAILED, ENODEV, NULL, NO_KERNEL_NFS),
    ONE(MOUNT, FAILED, EINVAL, names_option, BAD_OPTION),
    ONE(MOUNT, FAILED, EINVAL, NULL, BAD_OPTIONS),
    ONE(MOUNT, FAILED, EBUSY, NULL, BUSY),
    ONE(MOUNT, FAILED, EACCES, NULL, KERNEL_DENIED),
    ONE(MOUNT, FAILED, ECONNREFUSED, NULL, KERNEL_REFUSED),
    ONE(MOUNT, FAILED, ETIMEDOUT, NULL, SILENT),
    ONE(MOUNT, FAILED, EPROTONOSUPPORT, NULL, MISMATCH),
    ONE(MOUNT, FAILED, EOPNOTSUPP, NULL, NOT_MOUNTD),
    ONE(MOUNT, FAILED, ESTALE, NULL, STALE),
    ONE(MOUNT, RUNNING, 0, NULL, SILENT),
    FROM(STATFS, READ, FAILED, ESTALE, NULL, STALE),
    ONE(STATFS, RUNNING, 0, NULL, STATFS_SILENT),
    ONE(STATFS, FAILED, EIO, NULL, STATFS_SILENT),
    FROM(READDIR, READ, RUNNING, 0, NULL, STALLED),
    FROM(READDIR, READ, FAILED, EIO, NULL, STALLED),
};
/* clang-format on */

static bool fits(const struct rule *rule, const struct evidence *evidence, enum step step) {
    const struct step_result *result = &evidence->steps[step];

    return rule->first <= step && step <= rule->last && result->state == (uint8_t)rule->state &&
           (rule->error == 0 || rule->error == result->error) &&
           (rule->rpc == RPC_FINE || rule->rpc == evidence->rpc) &&
           (rule->near == NEAR_NONE || rule->near == evidence->near) && (!rule->when || rule->when(evidence));
}

static enum verdict_cause cause_of(const struct evidence *evidence, enum step fault) {
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (fits(&rules[i], evidence, fault))
            return rules[i].cause;
    return CAUSE_INTERNAL;
}

void verdict_of(const struct evidence *evidence, enum evidence_goal goal, const struct verdict_context *context,
                struct verdict *verdict) {
    enum step fault = evidence_fault(evidence), undone = evidence_undone(evidence, goal);

    if (fault != STEPS) {
        enum verdict_cause cause = cause_of(evidence, fault);
        if (cause == CAUSE_BAD_OPTIONS && !context->options[0])
            cause = CAUSE_BAD_BUILT_IN;
        verdict_write(cause, fault, evidence, context, verdict);
    } else if (undone != STEPS) {
        verdict_write(CAUSE_UNDONE, undone, evidence, context, verdict);
    } else {
        verdict_write(goal == GOAL_PROBE ? CAUSE_SERVED : CAUSE_OK, STEPS, evidence, context, verdict);
    }
}

/* Docker's own file sharing is a FUSE, and Docker's preferences can remove it. */
static enum verdict_cause conflict_with(const struct evidence *evidence) {
    return text_has_prefix(text_of(evidence->detail), "fuse.") ? CAUSE_CONFLICT_SHARING : CAUSE_CONFLICT;
}

void verdict_make(enum verdict_code code, const struct evidence *evidence, const struct verdict_context *context,
                  struct verdict *verdict) {
    static const struct evidence nothing;
    enum verdict_cause cause = 0;

    while (verdict_rows[cause].code != code)
        cause++;
    if (code == VERDICT_CONFLICT && evidence)
        cause = conflict_with(evidence);
    verdict_write(cause, STEPS, evidence ? evidence : &nothing, context, verdict);
}
