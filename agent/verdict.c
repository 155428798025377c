/* SPDX-License-Identifier: MIT */
#include "verdict.h"

#include "verdict_text.h"

#include <errno.h>
#include <stddef.h>

/* Numbers of the protocols, kept here so that this file needs no header of a library or of the kernel. */
enum {
    NFS3_STALE = 70, /* RFC 1813, 2.6 */
    NFS_VERSION = 3,
    MOUNT_VERSION = 3
};

static bool both_refused(const struct evidence *e) {
    return e->steps[STEP_CONNECT_NFS].error == ECONNREFUSED;
}

static bool only_nfs_answers(const struct evidence *e) {
    return e->steps[STEP_CONNECT_NFS].state == STEP_DONE;
}

static bool only_nfs_welcomes(const struct evidence *e) {
    return only_nfs_answers(e) && e->rpc == RPC_AUTH;
}

static bool not_registered(const struct evidence *e) {
    return e->nfs_versions == 0 && !e->nfs_registered;
}

static bool no_version_3(const struct evidence *e) {
    return e->steps[STEP_DUMP].state == STEP_DONE && !(e->nfs_versions >> NFS_VERSION & 1);
}

static bool mountd_not_registered(const struct evidence *e) {
    return e->steps[STEP_DUMP].state == STEP_DONE && e->mount_versions == 0;
}

static bool mountd_no_version_3(const struct evidence *e) {
    return e->steps[STEP_DUMP].state == STEP_DONE && !(e->mount_versions >> MOUNT_VERSION & 1);
}

static bool no_errno(const struct evidence *e) {
    return e->steps[STEP_TARGET].error == 0;
}

static bool rpc_auth(const struct evidence *e) {
    return e->rpc == RPC_AUTH;
}

static bool rpc_no_program(const struct evidence *e) {
    return e->rpc == RPC_NO_PROGRAM;
}

static bool rpc_no_version(const struct evidence *e) {
    return e->rpc == RPC_NO_VERSION;
}

static bool rpc_lost(const struct evidence *e) {
    return e->rpc == RPC_LOST;
}

static bool near(const struct evidence *e) {
    return !e->listed && e->near != NEAR_NONE;
}

static bool unlisted(const struct evidence *e) {
    return !e->listed;
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

/*
 * The first row that fits decides. `first`..`last` are the steps it speaks of, `state` the state of the faulty
 * step, `error` its errno (0: any), `when` what else must hold (NULL: nothing).
 */
struct rule {
    enum step first, last;
    enum step_state state;
    int error;
    bool (*when)(const struct evidence *evidence);
    enum verdict_code code;
    enum verdict_cause cause;
};

static const struct rule rules[] = {
    {STEP_RESOLVE, STEP_RESOLVE, STEP_FAILED, 0, NULL, VERDICT_NO_ROUTE, CAUSE_NO_ADDRESS},
    {STEP_RESOLVE, STEP_RESOLVE, STEP_RUNNING, 0, NULL, VERDICT_NO_ROUTE, CAUSE_NO_ADDRESS},
    {STEP_CONNECT_RPCBIND, STEP_MOUNT, STEP_FAILED, ENETUNREACH, NULL, VERDICT_NO_ROUTE, CAUSE_NO_ROUTE},
    {STEP_CONNECT_RPCBIND, STEP_MOUNT, STEP_FAILED, ENETDOWN, NULL, VERDICT_NO_ROUTE, CAUSE_NO_ROUTE},
    {STEP_CONNECT_RPCBIND, STEP_MOUNT, STEP_FAILED, EADDRNOTAVAIL, NULL, VERDICT_NO_ROUTE, CAUSE_NO_ROUTE},
    {STEP_CONNECT_RPCBIND, STEP_CONNECT_RPCBIND, STEP_FAILED, ECONNREFUSED, both_refused, VERDICT_REFUSED,
     CAUSE_REFUSED},
    {STEP_DUMP, STEP_DUMP, STEP_FAILED, 0, only_nfs_welcomes, VERDICT_AUTH, CAUSE_RPCBIND_REJECTS},
    {STEP_CONNECT_RPCBIND, STEP_DUMP, STEP_FAILED, 0, only_nfs_answers, VERDICT_NO_MOUNTD, CAUSE_NO_RPCBIND},
    {STEP_CONNECT_RPCBIND, STEP_DUMP, STEP_RUNNING, 0, only_nfs_answers, VERDICT_NO_MOUNTD, CAUSE_RPCBIND_SILENT},
    {STEP_CONNECT_RPCBIND, STEP_CONNECT_RPCBIND, STEP_FAILED, 0, NULL, VERDICT_UNREACHABLE, CAUSE_CONNECT},
    {STEP_CONNECT_NFS, STEP_CONNECT_NFS, STEP_FAILED, 0, not_registered, VERDICT_NO_NFS, CAUSE_NOT_REGISTERED},
    {STEP_CONNECT_NFS, STEP_CONNECT_NFS, STEP_FAILED, 0, no_version_3, VERDICT_VERSION, CAUSE_NFS_VERSIONS},
    {STEP_CONNECT_NFS, STEP_CONNECT_NFS, STEP_FAILED, ECONNREFUSED, NULL, VERDICT_NO_NFS, CAUSE_PORT_REFUSED},
    {STEP_CONNECT_MOUNTD, STEP_CONNECT_MOUNTD, STEP_FAILED, ECONNREFUSED, NULL, VERDICT_NO_MOUNTD, CAUSE_PORT_REFUSED},
    {STEP_CONNECT_MOUNTD, STEP_CONNECT_MOUNTD, STEP_FAILED, 0, mountd_not_registered, VERDICT_NO_MOUNTD,
     CAUSE_MOUNTD_NOT_REGISTERED},
    {STEP_CONNECT_MOUNTD, STEP_CONNECT_MOUNTD, STEP_FAILED, 0, mountd_no_version_3, VERDICT_VERSION,
     CAUSE_MOUNT_VERSIONS},
    {STEP_CONNECT_NFS, STEP_CONNECT_NFS, STEP_FAILED, 0, NULL, VERDICT_UNREACHABLE, CAUSE_CONNECT},
    {STEP_CONNECT_MOUNTD, STEP_CONNECT_MOUNTD, STEP_FAILED, 0, NULL, VERDICT_UNREACHABLE, CAUSE_CONNECT},
    {STEP_CONNECT_RPCBIND, STEP_GETATTR, STEP_RUNNING, 0, NULL, VERDICT_UNREACHABLE, CAUSE_SILENT},
    {STEP_DUMP, STEP_GETATTR, STEP_FAILED, 0, rpc_auth, VERDICT_AUTH, CAUSE_AUTH},
    {STEP_NULL_NFS, STEP_NULL_NFS, STEP_FAILED, 0, rpc_no_program, VERDICT_NO_NFS, CAUSE_NO_PROGRAM},
    {STEP_NULL_NFS, STEP_NULL_NFS, STEP_FAILED, 0, rpc_no_version, VERDICT_VERSION, CAUSE_MISMATCH},
    {STEP_NULL_MOUNTD, STEP_MNT, STEP_FAILED, 0, rpc_no_program, VERDICT_NO_MOUNTD, CAUSE_NO_PROGRAM},
    {STEP_NULL_MOUNTD, STEP_MNT, STEP_FAILED, 0, rpc_no_version, VERDICT_VERSION, CAUSE_MISMATCH},
    {STEP_DUMP, STEP_GETATTR, STEP_FAILED, 0, rpc_lost, VERDICT_UNREACHABLE, CAUSE_HUNG_UP},
    {STEP_MNT, STEP_MNT, STEP_FAILED, 0, near, VERDICT_NEAR_MISS, CAUSE_NEAR},
    {STEP_MNT, STEP_MNT, STEP_FAILED, 0, unlisted, VERDICT_NOT_EXPORTED, CAUSE_NOT_LISTED},
    {STEP_MNT, STEP_MNT, STEP_FAILED, 0, mount_said_no, VERDICT_DENIED, CAUSE_MNT_DENIED},
    {STEP_GETATTR, STEP_GETATTR, STEP_FAILED, 0, nfs_said_no, VERDICT_AUTH, CAUSE_GETATTR_DENIED},
    {STEP_GETATTR, STEP_GETATTR, STEP_FAILED, 0, nfs_stale, VERDICT_STALE, CAUSE_STALE},
    {STEP_TARGET, STEP_TARGET, STEP_FAILED, 0, no_errno, VERDICT_TARGET, CAUSE_TARGET_TAKEN},
    {STEP_TARGET, STEP_TARGET, STEP_FAILED, 0, NULL, VERDICT_TARGET, CAUSE_TARGET},
    {STEP_MOUNT, STEP_MOUNT, STEP_FAILED, ENODEV, NULL, VERDICT_NO_KERNEL_NFS, CAUSE_NO_KERNEL_NFS},
    {STEP_MOUNT, STEP_MOUNT, STEP_FAILED, EINVAL, NULL, VERDICT_BAD_OPTION, CAUSE_BAD_OPTION},
    {STEP_MOUNT, STEP_MOUNT, STEP_FAILED, EBUSY, NULL, VERDICT_CONFLICT, CAUSE_BUSY},
    {STEP_MOUNT, STEP_MOUNT, STEP_FAILED, EACCES, NULL, VERDICT_DENIED, CAUSE_KERNEL_DENIED},
    {STEP_MOUNT, STEP_MOUNT, STEP_FAILED, ECONNREFUSED, NULL, VERDICT_REFUSED, CAUSE_KERNEL_REFUSED},
    {STEP_MOUNT, STEP_MOUNT, STEP_FAILED, ETIMEDOUT, NULL, VERDICT_UNREACHABLE, CAUSE_SILENT},
    {STEP_MOUNT, STEP_MOUNT, STEP_FAILED, EPROTONOSUPPORT, NULL, VERDICT_VERSION, CAUSE_MISMATCH},
    {STEP_MOUNT, STEP_MOUNT, STEP_FAILED, EOPNOTSUPP, NULL, VERDICT_NO_MOUNTD, CAUSE_NO_PROGRAM},
    {STEP_MOUNT, STEP_MOUNT, STEP_FAILED, ESTALE, NULL, VERDICT_STALE, CAUSE_STALE},
    {STEP_MOUNT, STEP_MOUNT, STEP_RUNNING, 0, NULL, VERDICT_UNREACHABLE, CAUSE_SILENT},
    {STEP_STATFS, STEP_READ, STEP_FAILED, ESTALE, NULL, VERDICT_STALE, CAUSE_STALE},
    {STEP_STATFS, STEP_READ, STEP_RUNNING, 0, NULL, VERDICT_STALLED, CAUSE_STALLED},
    {STEP_STATFS, STEP_READ, STEP_FAILED, EIO, NULL, VERDICT_STALLED, CAUSE_STALLED},
};

static bool fits(const struct rule *rule, const struct evidence *evidence, enum step step) {
    const struct step_result *result = &evidence->steps[step];

    return rule->first <= step && step <= rule->last && result->state == (uint8_t)rule->state &&
           (rule->error == 0 || rule->error == result->error) && (!rule->when || rule->when(evidence));
}

void verdict_of(const struct evidence *evidence, const struct verdict_context *context, struct verdict *verdict) {
    enum step step = evidence_fault(evidence);

    if (step == STEPS) {
        verdict_write(VERDICT_OK, CAUSE_OK, evidence, context, verdict);
        return;
    }
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (fits(&rules[i], evidence, step)) {
            verdict_write(rules[i].code, rules[i].cause, evidence, context, verdict);
            return;
        }
    }
    verdict_write(VERDICT_INTERNAL, CAUSE_INTERNAL, evidence, context, verdict);
}

void verdict_make(enum verdict_code code, const struct evidence *evidence, const struct verdict_context *context,
                  struct verdict *verdict) {
    static const enum verdict_cause causes[VERDICTS] = {
        [VERDICT_NONE] = CAUSE_NONE,         [VERDICT_OK] = CAUSE_OK,       [VERDICT_ADOPTED] = CAUSE_ADOPTED,
        [VERDICT_CONFLICT] = CAUSE_CONFLICT, [VERDICT_STALE] = CAUSE_STALE, [VERDICT_DOWN] = CAUSE_DOWN,
    };
    static const struct evidence nothing;
    enum verdict_cause cause = causes[code];

    if (cause == CAUSE_NONE && code != VERDICT_NONE)
        cause = CAUSE_INTERNAL;
    verdict_write(code, cause, evidence ? evidence : &nothing, context, verdict);
}
