/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* rpc.h needs the BSD types */
#include "rpc.h"

#include <rpc/rpc.h>
#include <rpc/pmap_prot.h>
#include <syslog.h>

#define VERSION_3 3

/* Some versions of libtirpc declare xdrproc_t as variadic. */
#define XDR_PROC(function) ((xdrproc_t)(void (*)(void))(function))

/* Longer than any worker's deadline, which ends the call. */
static const struct timeval no_limit = {.tv_sec = 3600};

/* libtirpc writes a few errors to syslog(3) too, which the probe's jail does not allow. musl's function would bring its
 * time zones and strftime(3), 10 KiB. */
void syslog(int priority, const char *format, ...) {
    (void)priority;
    (void)format;
}

static enum rpc_outcome outcome_of(enum clnt_stat status) {
    switch ((int)status) {
    case RPC_SUCCESS:
        return RPC_FINE;
    case RPC_CANTSEND:
    case RPC_CANTRECV:
    case RPC_TIMEDOUT:
        return RPC_LOST;
    case RPC_CANTDECODERES:
        return RPC_GARBLED;
    case RPC_AUTHERROR:
        return RPC_AUTH;
    case RPC_PROGUNAVAIL:
        return RPC_NO_PROGRAM;
    case RPC_PROGVERSMISMATCH:
        return RPC_NO_VERSION;
    default:
        return RPC_REFUSED;
    }
}

/* Fails `step` with the error of the last call on `client`. It leaks the client: the process ends soon. */
static int fail(CLIENT *client, enum clnt_stat status, enum step step, struct recorder *recorder) {
    struct rpc_err error = {.re_status = status};

    clnt_geterr(client, &error);
    recorder->evidence.rpc = (uint8_t)outcome_of(status);
    if (status == RPC_AUTHERROR)
        recorder->evidence.rpc_why = (uint32_t)error.re_why;
    if ((status == RPC_CANTRECV || status == RPC_CANTSEND) && error.re_errno != 0)
        recorder_end(recorder, step, error.re_errno);
    else
        recorder_fail(recorder, step);
    return -1;
}

static CLIENT *client_on(int fd, const struct probe_address *peer, uint32_t program, uint32_t version) {
    struct sockaddr_storage storage = peer->storage;
    struct netbuf address = {.maxlen = sizeof storage, .len = peer->len, .buf = &storage};

    return clnt_vc_create(fd, &address, program, version, 0, 0);
}

static void take_entry(const struct pmap *entry, struct evidence *evidence) {
    bool tcp = entry->pm_prot == IPPROTO_TCP && entry->pm_port > 0 && entry->pm_port <= UINT16_MAX;

    if (entry->pm_prog == PROBE_PROGRAM_NFS)
        evidence->nfs_registered = 1;
    if (!tcp || entry->pm_vers > 31)
        return;
    if (entry->pm_prog == PROBE_PROGRAM_NFS) {
        evidence->nfs_versions |= 1u << entry->pm_vers;
        if (entry->pm_vers == VERSION_3)
            evidence->nfs_port = (uint16_t)entry->pm_port;
    } else if (entry->pm_prog == PROBE_PROGRAM_MOUNT) {
        evidence->mount_versions |= 1u << entry->pm_vers;
        if (entry->pm_vers == VERSION_3)
            evidence->mount_port = (uint16_t)entry->pm_port;
    }
}

int probe_rpc_dump(int fd, const struct probe_address *peer, struct recorder *recorder) {
    struct pmaplist *list = NULL;

    recorder_begin(recorder, STEP_DUMP);
    CLIENT *client = client_on(fd, peer, PMAPPROG, PMAPVERS);
    if (!client)
        return recorder_break(recorder, STEP_DUMP, "clnt_vc_create", rpc_createerr.cf_error.re_errno);
    enum clnt_stat status =
        clnt_call(client, PMAPPROC_DUMP, XDR_PROC(xdr_void), NULL, XDR_PROC(xdr_pmaplist), (caddr_t)&list, no_limit);
    if (status != RPC_SUCCESS)
        return fail(client, status, STEP_DUMP, recorder);
    for (const struct pmaplist *entry = list; entry; entry = entry->pml_next)
        take_entry(&entry->pml_map, &recorder->evidence);
    clnt_destroy(client);
    return recorder_end(recorder, STEP_DUMP, 0);
}

int probe_rpc_null(int fd, const struct probe_address *peer, uint32_t program, enum step step,
                   struct recorder *recorder) {
    recorder_begin(recorder, step);
    CLIENT *client = client_on(fd, peer, program, VERSION_3);
    if (!client)
        return recorder_break(recorder, step, "clnt_vc_create", rpc_createerr.cf_error.re_errno);
    enum clnt_stat status = clnt_call(client, NULLPROC, XDR_PROC(xdr_void), NULL, XDR_PROC(xdr_void), NULL, no_limit);
    if (status != RPC_SUCCESS)
        return fail(client, status, step, recorder);
    clnt_destroy(client);
    return recorder_end(recorder, step, 0);
}
