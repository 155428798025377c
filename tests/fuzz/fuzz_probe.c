/* SPDX-License-Identifier: MIT */
/*
 * The reply paths of libtirpc and libnfs under our probe: the input is what a server says, the probe's own files
 * (probe/rpc.c, probe/nfs.c) ask over socket pairs, both libraries are built with sanitizers. Whatever is said,
 * the evidence must pass its check and give a verdict.
 *
 * The input is a row of answers, one for each call in the order in which they are made: a byte of flags, two of
 * length (low one first), the bytes. Where nothing is left, the server hangs up.
 *
 * There is one thread and no clock. Both libraries poll before they read, and poll() is the server's turn (the program
 * is linked with --wrap=poll): it answers the calls that have come; a probe that would then still wait gets no more.
 */
#define _GNU_SOURCE
#include "../../agent/probe/nfs.h"
#include "../../agent/probe/rpc.h"
#include "../../agent/engine/verdict.h"
#include "probe_memory.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RPCBIND, NFS, MOUNTD, PAIRS };
enum { RAW = 1, RESULT = 2, IN_TWO = 4, LAST = 8 };
enum { CALL_MAX = 8192, ANSWER_MAX = 4096 };

static struct server {
    int fds[PAIRS];
    const uint8_t *at;
    size_t left;
} server;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __real_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms);

static void put_word(uint8_t *to, uint32_t word) {
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(word >> (24 - 8 * i));
}

static void say(int fd, const uint8_t *bytes, size_t size) {
    if (size && send(fd, bytes, size, MSG_NOSIGNAL) < 0) { /* it has hung up first */
    }
}

/* The reply `body` to the call `xid`: a record in one fragment or in two. */
static void say_record(int fd, const uint8_t *xid, uint8_t flags, const uint8_t *body, size_t size) {
    uint8_t out[4 + 24 + ANSWER_MAX];
    size_t used = 4;

    memcpy(out + used, xid, 4);
    used += 4;
    if (flags & RESULT) {
        memset(out + used, 0, 20);
        out[used + 3] = 1; /* REPLY; accepted, AUTH_NONE, SUCCESS are all zero */
        used += 20;
    }
    memcpy(out + used, body, size);
    used += size;
    if (flags & IN_TWO) {
        size_t half = (used - 4) / 2;
        uint8_t mark[4];
        put_word(mark, (uint32_t)half);
        say(fd, mark, 4);
        say(fd, out + 4, half);
        put_word(mark, 0x80000000u | (uint32_t)(used - 4 - half));
        say(fd, mark, 4);
        say(fd, out + 4 + half, used - 4 - half);
        return;
    }
    put_word(out, 0x80000000u | (uint32_t)(used - 4));
    say(fd, out, used);
}

/* Answer the call in `call`; false: nothing more is said. */
static bool answer(int fd, const uint8_t *call, ssize_t size) {
    if (size < 8 || server.left < 3)
        return false;
    uint8_t flags = server.at[0];
    size_t len = server.at[1] + 256u * server.at[2];

    server.at += 3;
    server.left -= 3;
    if (len > server.left)
        len = server.left;
    if (len > ANSWER_MAX)
        len = ANSWER_MAX;
    if (flags & RAW)
        say(fd, server.at, len);
    else
        say_record(fd, call + 4, flags, server.at, len);
    server.at += len;
    server.left -= len;
    if (flags & (RAW | LAST))
        shutdown(fd, SHUT_WR);
    return true;
}

static void hang_up(void) {
    for (int i = 0; i < PAIRS; i++)
        shutdown(server.fds[i], SHUT_RDWR);
}

/* Answer what has come since the last turn. */
static void take_turn(void) {
    static uint8_t call[CALL_MAX];

    for (int i = 0; i < PAIRS; i++) {
        ssize_t size = recv(server.fds[i], call, sizeof call, MSG_DONTWAIT);
        if (size > 0 && !answer(server.fds[i], call, size))
            hang_up();
    }
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms) {
    (void)timeout_ms;
    take_turn();
    int ready = __real_poll(fds, count, 0);
    if (ready == 0) {
        hang_up();
        ready = __real_poll(fds, count, 0);
    }
    return ready;
}

static void check(const struct evidence *evidence) {
    static struct verdict verdict;
    const struct verdict_context context = {
        .server = "192.168.65.1", .export = "/Users", .target = "/Users", .options = "", .place = "the default"};

    if (!evidence_check(evidence))
        abort();
    verdict_of(evidence, GOAL_PROBE, &context, &verdict);
    for (const unsigned char *c = (const unsigned char *)verdict.cause; *c; c++)
        if (*c < ' ' || *c == 0x7f)
            abort();
}

/* The steps of probe_run(), on sockets that are connected already. */
static void probe(const int fds[PAIRS]) {
    static struct recorder recorder;
    struct probe_address peer;

    memset(&recorder, 0, sizeof recorder);
    recorder.fd = -1;
    probe_address_read("127.0.0.1", &peer);
    if (probe_rpc_dump(fds[RPCBIND], &peer, &recorder) == 0 &&
        probe_rpc_null(fds[NFS], &peer, PROBE_PROGRAM_NFS, STEP_NULL_NFS, &recorder) == 0 &&
        probe_rpc_null(fds[MOUNTD], &peer, PROBE_PROGRAM_MOUNT, STEP_NULL_MOUNTD, &recorder) == 0)
        probe_nfs_mount(fds[MOUNTD], fds[NFS], "/Users", &recorder);
    check(&recorder.evidence);
}

/* A server may hang up before it is written to; worker.c ignores the signal as well. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    signal(SIGPIPE, SIG_IGN);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int ours[PAIRS];

    server.at = data;
    server.left = size;
    for (int i = 0; i < PAIRS; i++) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            abort();
        ours[i] = ends[0];
        server.fds[i] = ends[1];
    }
    memory_begin();
    probe(ours);
    memory_end();
    for (int i = 0; i < PAIRS; i++) {
        close(ours[i]);
        close(server.fds[i]);
    }
    return 0;
}
