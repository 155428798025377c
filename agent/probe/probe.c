/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "probe.h"

#include "nfs.h"
#include "rpc.h"
#include "socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { RPCBIND_PORT = 111 };

/* The sockets that probe_prepare() bound, by family: a name may resolve to either. A probe uses two of one family, and
 * a third if NFS is not on its usual port. */
enum { BOUND = 3 };
static int bound[2][BOUND] = {{-1, -1, -1}, {-1, -1, -1}};

static int family_index(int family) {
    return family == AF_INET6;
}

void probe_prepare(const void *argument) {
    const struct probe_request *request = argument;
    struct probe_address address;
    bool numeric = probe_address_read(request->server, &address);

    for (int i = 0; i < 2; i++) {
        int family = i == 0 ? AF_INET : AF_INET6;
        if (numeric && family != address.storage.ss_family)
            continue;
        for (int n = 0; n < BOUND; n++)
            bound[i][n] = probe_socket_open(family, true);
    }
}

static int take_socket(int family) {
    int *sockets = bound[family_index(family)];

    for (int n = 0; n < BOUND; n++) {
        int fd = sockets[n];
        sockets[n] = -1;
        if (fd >= 0)
            return fd;
    }
    return probe_socket_open(family, false);
}

/* What the steps share. */
struct probe {
    const struct probe_request *request;
    struct recorder *recorder;
    struct probe_address address;
    int rpcbind, nfs, mountd;
};

static int no_address(struct probe *probe, const char *why) {
    struct evidence *evidence = &probe->recorder->evidence;

    snprintf(evidence->detail, sizeof evidence->detail, "%s", why);
    recorder_fail(probe->recorder, STEP_RESOLVE);
    return -1;
}

static int look_up(struct probe *probe) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;

    if (!probe->request->server[0])
        return no_address(probe, "no default route");
    int status = getaddrinfo(probe->request->server, NULL, &hints, &found);
    if (status == EAI_MEMORY || status == EAI_SYSTEM)
        return recorder_break(probe->recorder, STEP_RESOLVE, "getaddrinfo", status == EAI_SYSTEM ? errno : ENOMEM);
    if (status != 0) {
        /* These two are final: the resolver has answered, or the name is malformed. Other errors may pass. */
        probe->recorder->evidence.unknown_name = status == EAI_NONAME || status == EAI_NODATA;
        return no_address(probe, gai_strerror(status));
    }
    memcpy(&probe->address.storage, found->ai_addr, found->ai_addrlen);
    probe->address.len = found->ai_addrlen;
    freeaddrinfo(found);
    return 0;
}

static int resolve(struct probe *probe) {
    struct evidence *evidence = &probe->recorder->evidence;

    recorder_begin(probe->recorder, STEP_RESOLVE);
    if (!probe_address_read(probe->request->server, &probe->address) && look_up(probe) != 0)
        return -1;
    getnameinfo((struct sockaddr *)&probe->address.storage, probe->address.len, evidence->address,
                sizeof evidence->address, NULL, 0, NI_NUMERICHOST);
    return recorder_end(probe->recorder, STEP_RESOLVE, 0);
}

/* Begins to connect `*fd` to `port`. It records an immediate failure and sets *fd to -1. */
static void start_connect(struct probe *probe, int *fd, uint16_t port, enum step step) {
    struct probe_address address = probe->address;

    recorder_begin(probe->recorder, step);
    if (*fd < 0) {
        recorder_break(probe->recorder, step, "socket", -*fd);
        return;
    }
    probe_address_port(&address, port);
    int error = probe_socket_connect(*fd, &address);
    if (error != 0 && error != -EINPROGRESS) {
        recorder_end(probe->recorder, step, -error);
        *fd = -1;
    }
}

/* The socket is writable. libtirpc, the next to use it, needs it blocking. */
static void end_connect(struct probe *probe, int *fd, enum step step) {
    int error = probe_socket_error(*fd);

    fcntl(*fd, F_SETFL, fcntl(*fd, F_GETFL) & ~O_NONBLOCK);
    if (recorder_end(probe->recorder, step, -error) != 0)
        *fd = -1;
}

static bool is_under_way(const struct probe *probe, enum step step) {
    return probe->recorder->evidence.steps[step].state == STEP_RUNNING;
}

/* Waits for the end of the connect `wanted`, and records the ends of the others meanwhile. 0 or -1. */
static int wait_connect(struct probe *probe, enum step wanted) {
    struct {
        enum step step;
        int *fd;
    } const all[] = {
        {STEP_CONNECT_RPCBIND, &probe->rpcbind},
        {STEP_CONNECT_NFS, &probe->nfs},
        {STEP_CONNECT_MOUNTD, &probe->mountd},
    };
    enum { ALL = sizeof all / sizeof all[0] };

    while (is_under_way(probe, wanted)) {
        struct pollfd fds[ALL];
        for (int i = 0; i < ALL; i++)
            fds[i] = (struct pollfd){.fd = is_under_way(probe, all[i].step) ? *all[i].fd : -1, .events = POLLOUT};
        if (poll(fds, ALL, -1) < 0)
            continue;
        for (int i = 0; i < ALL; i++)
            if (fds[i].revents)
                end_connect(probe, all[i].fd, all[i].step);
        /* Beside a connect that hangs, no step may begin any more that would send this. */
        recorder_send(probe->recorder);
    }
    return probe->recorder->evidence.steps[wanted].state == STEP_DONE ? 0 : -1;
}

/* If rpcbind does not answer, the connect to NFS decides between two causes. */
static int ask_rpcbind(struct probe *probe) {
    if (wait_connect(probe, STEP_CONNECT_RPCBIND) != 0) {
        wait_connect(probe, STEP_CONNECT_NFS);
        return -1;
    }
    return probe_rpc_dump(probe->rpcbind, &probe->address, probe->recorder);
}

/* rpcbind lists no NFS version 3. If it lists no NFS at all and the usual port accepts, the probe uses that port: nfsd
 * could not register, and the kernel's client does not need it to. */
static int use_unregistered(struct probe *probe) {
    struct evidence *evidence = &probe->recorder->evidence;

    if (evidence->nfs_registered)
        return recorder_fail(probe->recorder, STEP_CONNECT_NFS), -1;
    evidence->nfs_port = PROBE_NFS_PORT;
    return wait_connect(probe, STEP_CONNECT_NFS);
}

/* rpcbind has answered. NFS may be on another port than the usual one, which the probe tried. */
static int check_ports(struct probe *probe) {
    struct evidence *evidence = &probe->recorder->evidence;

    if (evidence->nfs_port == 0)
        return use_unregistered(probe);
    if (evidence->nfs_port != PROBE_NFS_PORT) {
        probe->nfs = take_socket(probe->address.storage.ss_family);
        start_connect(probe, &probe->nfs, evidence->nfs_port, STEP_CONNECT_NFS);
    }
    return 0;
}

static int connect_mountd(struct probe *probe) {
    uint16_t port = probe->recorder->evidence.mount_port;

    if (port == 0) {
        recorder_begin(probe->recorder, STEP_CONNECT_MOUNTD);
        return recorder_fail(probe->recorder, STEP_CONNECT_MOUNTD), -1;
    }
    probe->mountd = take_socket(probe->address.storage.ss_family);
    start_connect(probe, &probe->mountd, port, STEP_CONNECT_MOUNTD);
    return 0;
}

/* Finds the two ports, from the user or from rpcbind, and has begun to connect to NFS when it returns. */
static int find_ports(struct probe *probe) {
    const struct probe_request *request = probe->request;
    struct evidence *evidence = &probe->recorder->evidence;
    int family = probe->address.storage.ss_family;

    probe->nfs = take_socket(family);
    if (request->nfs_port && request->mount_port) {
        evidence->nfs_port = request->nfs_port;
        evidence->mount_port = request->mount_port;
        start_connect(probe, &probe->nfs, request->nfs_port, STEP_CONNECT_NFS);
        return 0;
    }
    probe->rpcbind = probe_socket_open(family, false);
    start_connect(probe, &probe->rpcbind, RPCBIND_PORT, STEP_CONNECT_RPCBIND);
    start_connect(probe, &probe->nfs, request->nfs_port ? request->nfs_port : PROBE_NFS_PORT, STEP_CONNECT_NFS);
    if (ask_rpcbind(probe) != 0)
        return -1;
    if (request->mount_port)
        evidence->mount_port = request->mount_port;
    if (request->nfs_port) {
        evidence->nfs_port = request->nfs_port;
        return 0;
    }
    return check_ports(probe);
}

enum work_end probe_run(const void *argument, struct recorder *recorder) {
    struct probe probe = {.request = argument, .recorder = recorder, .rpcbind = -1, .nfs = -1, .mountd = -1};

    if (resolve(&probe) != 0 || find_ports(&probe) != 0 || wait_connect(&probe, STEP_CONNECT_NFS) != 0 ||
        probe_rpc_null(probe.nfs, &probe.address, PROBE_PROGRAM_NFS, STEP_NULL_NFS, recorder) != 0 ||
        connect_mountd(&probe) != 0 || wait_connect(&probe, STEP_CONNECT_MOUNTD) != 0 ||
        probe_rpc_null(probe.mountd, &probe.address, PROBE_PROGRAM_MOUNT, STEP_NULL_MOUNTD, recorder) != 0 ||
        probe_nfs_mount(probe.mountd, probe.nfs, probe.request->export, recorder) != 0)
        return WORK_FAILED;
    return WORK_DONE;
}
