/* SPDX-License-Identifier: MIT */
#include "holder.h"

#include "../../agent/stream/stream_read.h"
#include "../../agent/stream/stream_write.h"
#include "../host/host.h"
#include "../host/program.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIMIT_S 5
#define ANSWER_MS 1000u
#define MS_NS UINT64_C(1000000)

/* Each line is a letter and a value: p the process, c its command, with \x escapes for what is not printable. */
bool holder_read(struct text said, struct text_out *out) {
    struct text process = {0}, command = {0};

    while (said.at && !(process.len && command.len)) {
        struct text line = text_cut(&said, '\n');

        if (line.len > 1 && line.at[0] == 'p')
            process = (struct text){line.at + 1, line.len - 1};
        if (line.len > 1 && line.at[0] == 'c')
            command = (struct text){line.at + 1, line.len - 1};
    }
    if (!process.len || !command.len)
        return false;
    text_put_text(out, command);
    text_put(out, " (process ");
    text_put_text(out, process);
    text_put(out, ")");
    return true;
}

bool holder_find(unsigned port, struct text_out *out) {
    static const char *const programs[] = {"/usr/sbin/lsof", "/usr/bin/lsof"};
    static struct program_answer answer;
    char which[32];

    snprintf(which, sizeof which, "-iTCP@127.0.0.1:%u", port);
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        const char *const words[] = {programs[i], "-nP", which, "-sTCP:LISTEN", "-Fpc", NULL};

        if (program_run(words, LIMIT_S, &answer) == 0)
            return holder_read(text_of(answer.output), out);
    }
    return false;
}

static bool wait_for(int fd, short what, uint64_t deadline_ns) {
    struct pollfd waited = {.fd = fd, .events = what};
    uint64_t now_ns = host_monotonic_ns();

    return now_ns < deadline_ns && poll(&waited, 1, (int)((deadline_ns - now_ns) / MS_NS) + 1) > 0;
}

/* Sends `size` bytes, and puts what comes back in their place. How many; 0: none in time. */
static size_t ask(int fd, unsigned port, unsigned char *bytes, size_t size, size_t room) {
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    uint64_t deadline_ns = host_monotonic_ns() + ANSWER_MS * MS_NS;
    ssize_t got;

    inet_pton(AF_INET, "127.0.0.1", &there.sin_addr);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        return 0;
    if (connect(fd, (struct sockaddr *)&there, sizeof there) < 0 && errno != EINPROGRESS)
        return 0;
    if (!wait_for(fd, POLLOUT, deadline_ns) || send(fd, bytes, size, 0) != (ssize_t)size ||
        !wait_for(fd, POLLIN, deadline_ns))
        return 0;
    got = recv(fd, bytes, room, 0);
    return got > 0 ? (size_t)got : 0;
}

/* A hello of a version that there will never be: a watcher answers with its own versions. */
bool holder_is_watcher(unsigned port) {
    struct stream_message message = {.kind = STREAM_HELLO, .version = UINT16_MAX};
    unsigned char bytes[64];
    struct stream_out out = stream_out(bytes, sizeof bytes);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    enum stream_fault fault;
    size_t size;

    if (fd < 0)
        return false;
    stream_begin(&out, &message);
    stream_put_path(&out, text_of("/"));
    stream_end(&out);
    size = ask(fd, port, bytes, out.len, sizeof bytes);
    close(fd);
    if (size <= STREAM_LENGTH_BYTES)
        return false;
    fault = stream_read((struct text){(char *)bytes + STREAM_LENGTH_BYTES, size - STREAM_LENGTH_BYTES}, STREAM_WATCHER,
                        &message);
    /* It speaks our own version: no answer to a guest, and just what is asked here. */
    return message.kind == STREAM_REFUSAL && (fault == STREAM_FINE || fault == STREAM_BAD_VERSION);
}
