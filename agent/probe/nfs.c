/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* libnfs.h needs struct timeval and others */
#include "nfs.h"

#include "../engine/exports.h"
#include "socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/time.h>

#include <nfsc/libnfs.h>
#include <nfsc/libnfs-raw.h>
#include <nfsc/libnfs-raw-mount.h>
#include <nfsc/libnfs-raw-nfs.h>

/* One call, and the result that its callback fills in. */
struct call {
    struct recorder *recorder;
    const char *export;
    bool over;
    enum rpc_outcome outcome;
    int error;
    struct nfs_fh3 handle; /* of MNT, in `bytes` */
    char bytes[NFS3_FHSIZE];
};

/* libnfs reports the kind of a refusal as text alone. These texts are in its lib/pdu.c. */
static enum rpc_outcome outcome_of(const char *message) {
    static const struct {
        const char *message;
        enum rpc_outcome outcome;
    } known[] = {
        {"RPC Packet not accepted by the server", RPC_AUTH},
        {"Server responded: Program not available", RPC_NO_PROGRAM},
        {"Server responded: Program version mismatch", RPC_NO_VERSION},
        {"Server responded: ", RPC_REFUSED},
        {"Unknown rpc response from server", RPC_REFUSED},
    };

    for (size_t i = 0; message && i < sizeof known / sizeof known[0]; i++)
        if (strncmp(message, known[i].message, strlen(known[i].message)) == 0)
            return known[i].outcome;
    return RPC_GARBLED;
}

/* Every callback begins with this. True: `data` is a result. */
static bool answered(struct call *call, int status, const void *data) {
    call->over = true;
    call->outcome = status == RPC_STATUS_SUCCESS ? RPC_FINE : outcome_of(status == RPC_STATUS_ERROR ? data : NULL);
    return status == RPC_STATUS_SUCCESS;
}

static void got_exports(struct rpc_context *rpc, int status, void *data, void *ctx) {
    struct call *call = ctx;

    (void)rpc;
    if (!answered(call, status, data))
        return;
    for (const struct exportnode *node = *(exports *)data; node; node = node->ex_next)
        exports_add(&call->recorder->evidence, call->export, node->ex_dir);
}

static void got_mnt(struct rpc_context *rpc, int status, void *data, void *ctx) {
    struct call *call = ctx;
    const struct mountres3 *result = data;

    (void)rpc;
    if (!answered(call, status, data))
        return;
    call->recorder->evidence.mount_status = result->fhs_status;
    if (result->fhs_status != MNT3_OK)
        return;
    const fhandle3 *handle = &result->mountres3_u.mountinfo.fhandle;
    if (handle->fhandle3_len > sizeof call->bytes) { /* libnfs does not check the protocol's limit */
        call->outcome = RPC_GARBLED;
        return;
    }
    memcpy(call->bytes, handle->fhandle3_val, handle->fhandle3_len);
    call->handle.data.data_val = call->bytes;
    call->handle.data.data_len = handle->fhandle3_len;
}

static void got_attributes(struct rpc_context *rpc, int status, void *data, void *ctx) {
    struct call *call = ctx;

    (void)rpc;
    if (answered(call, status, data))
        call->recorder->evidence.nfs_status = ((const struct GETATTR3res *)data)->status;
}

static void got_nothing(struct rpc_context *rpc, int status, void *data, void *ctx) {
    (void)rpc;
    answered(ctx, status, data);
}

static void lose(struct call *call, int error) {
    call->over = true;
    call->outcome = RPC_LOST;
    call->error = error;
}

/* libnfs does not report how a connection ended. The socket does, before libnfs reads from it. An end of file has no
 * errno, and gets that of a reset, as in libtirpc. */
static int socket_error(const struct pollfd *pfd) {
    int error = pfd->revents & (POLLERR | POLLHUP) ? -probe_socket_error(pfd->fd) : 0;

    return error > 0 ? error : ECONNRESET;
}

/* Runs libnfs until the call is over. A lost connection ends it too. */
static void finish(struct rpc_context *rpc, struct call *call) {
    while (!call->over) {
        struct pollfd pfd = {.fd = rpc_get_fd(rpc), .events = (short)rpc_which_events(rpc)};

        if (poll(&pfd, 1, -1) < 0) {
            lose(call, errno);
            return;
        }
        int error = socket_error(&pfd);
        if (rpc_service(rpc, pfd.revents) < 0 || rpc_get_fd(rpc) != pfd.fd)
            lose(call, error);
    }
}

/* `status` is libnfs's for queueing the call: 0, or it had no memory. */
static void send_and_finish(int status, struct rpc_context *rpc, struct call *call) {
    if (status == 0)
        finish(rpc, call);
    else
        call->outcome = RPC_UNSENT;
}

static void begin(struct call *call) {
    call->over = false;
    call->outcome = RPC_LOST;
    call->error = 0;
}

/* Ends `step`: with the RPC's failure, or as `refused` by the program's own status. 0 or -1. */
static int settle(struct call *call, enum step step, bool refused) {
    if (call->outcome == RPC_FINE && !refused)
        return recorder_end(call->recorder, step, 0);
    if (call->outcome == RPC_UNSENT)
        return recorder_break(call->recorder, step, "libnfs", ENOMEM);
    call->recorder->evidence.rpc = (uint8_t)call->outcome;
    if (call->error)
        recorder_end(call->recorder, step, call->error);
    else
        recorder_fail(call->recorder, step);
    return -1;
}

static struct rpc_context *context_on(int fd) {
    struct rpc_context *rpc = rpc_init_context();

    if (rpc) {
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
        rpc_set_fd(rpc, fd);
    }
    return rpc;
}

static int list_exports(struct rpc_context *rpc, struct call *call) {
    recorder_begin(call->recorder, STEP_EXPORTS);
    begin(call);
    send_and_finish(rpc_mount3_export_async(rpc, got_exports, call), rpc, call);
    return settle(call, STEP_EXPORTS, false);
}

static int mount_export(struct rpc_context *rpc, struct call *call) {
    recorder_begin(call->recorder, STEP_MNT);
    begin(call);
    send_and_finish(rpc_mount3_mnt_async(rpc, got_mnt, (char *)call->export, call), rpc, call);
    return settle(call, STEP_MNT, call->handle.data.data_len == 0);
}

static int get_attributes(struct rpc_context *rpc, struct call *call) {
    struct GETATTR3args arguments = {.object = call->handle};

    recorder_begin(call->recorder, STEP_GETATTR);
    begin(call);
    send_and_finish(rpc_nfs3_getattr_async(rpc, got_attributes, &arguments, call), rpc, call);
    return settle(call, STEP_GETATTR, call->recorder->evidence.nfs_status != NFS3_OK);
}

int probe_nfs_mount(int mount_fd, int nfs_fd, const char *export, struct recorder *recorder) {
    struct call call = {.recorder = recorder, .export = export};
    struct rpc_context *mountd = context_on(mount_fd), *nfs = context_on(nfs_fd);

    if (!mountd || !nfs)
        return recorder_break(recorder, STEP_MNT, "rpc_init_context", ENOMEM);
    list_exports(mountd, &call); /* MNT decides, whatever the list says */
    if (mount_export(mountd, &call) != 0)
        return -1;
    int result = get_attributes(nfs, &call);
    begin(&call);
    send_and_finish(rpc_mount3_umnt_async(mountd, got_nothing, (char *)export, &call), mountd, &call);
    return result;
}
