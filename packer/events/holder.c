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

/* Each line consists of a letter and a value: p for the process, c for its command. lsof(8) escapes bytes that are not
 * printable. */
bool holder_read(struct text said, struct text_out *out) {
    struct text process = {0}, command = {0};

    while (said.at && !(process.len && command.len)) {
        struct text line = text_cut(&said, '\n');

        if (text_take(&line, "p"))
            process = line;
        else if (text_take(&line, "c"))
            command = line;
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

/* Connects and sends `size` bytes. Returns 0 or -errno: -ECONNREFUSED if nobody listens. */
static int send_to(int fd, unsigned port, const unsigned char *bytes, size_t size, uint64_t deadline_ns) {
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t error_size = sizeof(int);
    int error = 0;

    inet_pton(AF_INET, "127.0.0.1", &there.sin_addr);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&there, sizeof there) < 0 && errno != EINPROGRESS)
        return -errno;
    if (!wait_for(fd, POLLOUT, deadline_ns))
        return -ETIMEDOUT;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_size) < 0 || error)
        return error ? -error : -errno;
    return send(fd, bytes, size, 0) == (ssize_t)size ? 0 : -EIO;
}

/* A watcher refuses a hello of an unknown version and names the versions that it speaks. */
static bool is_refusal(const unsigned char *bytes, size_t size) {
    struct stream_message message = {0};
    enum stream_fault fault;

    if (size <= STREAM_LENGTH_BYTES)
        return false;
    fault = stream_read((struct text){(const char *)bytes + STREAM_LENGTH_BYTES, size - STREAM_LENGTH_BYTES},
                        STREAM_WATCHER, &message);
    /* The refusal names this program's own version. Only a guest would call that a fault. */
    return message.kind == STREAM_REFUSAL && (fault == STREAM_FINE || fault == STREAM_BAD_VERSION);
}

enum holder_answer holder_ask(unsigned port) {
    struct stream_message hello = {.kind = STREAM_HELLO, .version = UINT16_MAX}; /* no watcher will ever speak it */
    uint64_t deadline_ns = host_monotonic_ns() + ANSWER_MS * MS_NS;
    unsigned char bytes[64];
    struct stream_out out = stream_out(bytes, sizeof bytes);
    int fd = socket(AF_INET, SOCK_STREAM, 0), rc;
    ssize_t got = 0;

    if (fd < 0)
        return HOLDER_OTHER;
    stream_begin(&out, &hello);
    stream_put_path(&out, text_of("/"));
    stream_end(&out);
    rc = send_to(fd, port, bytes, out.len, deadline_ns);
    if (rc == 0 && wait_for(fd, POLLIN, deadline_ns))
        got = recv(fd, bytes, sizeof bytes, 0);
    close(fd);
    if (rc == -ECONNREFUSED)
        return HOLDER_NOBODY;
    return got > 0 && is_refusal(bytes, (size_t)got) ? HOLDER_WATCHER : HOLDER_OTHER;
}
