/* SPDX-License-Identifier: MIT */
/*
 * The reply paths of libtirpc and libnfs under our probe: the input is what a server says, the probe's own files
 * (probe_rpc.c, probe_nfs.c) ask over socket pairs, both libraries are built with sanitizers. Whatever is said,
 * the evidence must pass its check and give a verdict.
 *
 * The input is a row of answers, one for each call in the order in which they are made: a byte of flags, two of
 * length (low one first), the bytes. Where nothing is left, the server hangs up.
 */
#define _GNU_SOURCE
#include "../../agent/probe_nfs.h"
#include "../../agent/probe_rpc.h"
#include "../../agent/verdict.h"
#include "probe_memory.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RPCBIND, NFS, MOUNTD, PAIRS };
enum { RAW = 1, RESULT = 2, IN_TWO = 4, LAST = 8 };
enum { CALL_MAX = 8192, ANSWER_MAX = 4096, STUCK_MS = 20 };

struct server {
    int fds[PAIRS];
    const uint8_t *at;
    size_t left;
    atomic_bool over;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
static bool answer(struct server *server, int fd, const uint8_t *call, ssize_t size) {
    if (size < 8 || server->left < 3)
        return false;
    uint8_t flags = server->at[0];
    size_t len = server->at[1] + 256u * server->at[2];

    server->at += 3;
    server->left -= 3;
    if (len > server->left)
        len = server->left;
    if (len > ANSWER_MAX)
        len = ANSWER_MAX;
    if (flags & RAW)
        say(fd, server->at, len);
    else
        say_record(fd, call + 4, flags, server->at, len);
    server->at += len;
    server->left -= len;
    if (flags & (RAW | LAST))
        shutdown(fd, SHUT_WR);
    return true;
}

static void *serve(void *argument) {
    struct server *server = argument;
    static uint8_t call[CALL_MAX];
    bool talks = true;

    while (talks && !server->over) {
        struct pollfd fds[PAIRS];
        for (int i = 0; i < PAIRS; i++)
            fds[i] = (struct pollfd){.fd = server->fds[i], .events = POLLIN};
        talks = poll(fds, PAIRS, STUCK_MS) > 0; /* a probe that waits for more will get none */
        for (int i = 0; talks && i < PAIRS; i++)
            if (fds[i].revents)
                talks = answer(server, fds[i].fd, call, recv(fds[i].fd, call, sizeof call, MSG_DONTWAIT));
    }
    for (int i = 0; i < PAIRS; i++)
        shutdown(server->fds[i], SHUT_RDWR);
    return NULL;
}

static void check(const struct evidence *evidence) {
    static struct verdict verdict;
    const struct verdict_context context = {
        .server = "192.168.65.1", .export = "/Users", .target = "/Users", .options = ""};

    if (!evidence_check(evidence))
        abort();
    verdict_of(evidence, &context, &verdict);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct server server = {.at = data, .left = size};
    int ours[PAIRS];
    pthread_t thread;

    for (int i = 0; i < PAIRS; i++) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            abort();
        ours[i] = ends[0];
        server.fds[i] = ends[1];
    }
    if (pthread_create(&thread, NULL, serve, &server) != 0)
        abort();
    memory_begin();
    probe(ours);
    memory_end();
    server.over = true;
    for (int i = 0; i < PAIRS; i++)
        shutdown(ours[i], SHUT_RDWR);
    pthread_join(thread, NULL);
    for (int i = 0; i < PAIRS; i++) {
        close(ours[i]);
        close(server.fds[i]);
    }
    return 0;
}
