/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "ask.h"

#include "../probe/socket.h"
#include "children.h"
#include "link.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Connects, in LINK_CONNECT_MS at most. The socket or -errno. */
static int dial(const char *address, uint16_t port) {
    struct pollfd connecting = {.fd = probe_socket_dial(address, port), .events = POLLOUT};

    if (connecting.fd < 0)
        return connecting.fd;
    int error = poll(&connecting, 1, LINK_CONNECT_MS) == 1 ? probe_socket_error(connecting.fd) : -ETIMEDOUT;
    if (error == 0)
        return connecting.fd;
    close(connecting.fd);
    return error;
}

/* Takes the reader's first word. 0 or -errno. */
static int hear(int words, struct ask_answer *answer) {
    struct pollfd coming = {.fd = words, .events = POLLIN};
    struct reader_word word;

    if (poll(&coming, 1, LINK_GREET_MS) != 1)
        return -ETIMEDOUT;
    ssize_t n = recv(words, &word, sizeof word, 0);
    if (n <= 0 || !reader_word_check(&word, (size_t)n))
        return -EPIPE;
    memcpy(answer->text, word.text, sizeof answer->text);
    return word.kind == READER_WATCHED ? 0 : -EPROTO;
}

static int ask(const char *address, uint16_t port, const char *export, struct ask_answer *answer) {
    struct children children;
    int stream = dial(address, port);

    if (stream < 0)
        return stream;
    children_init(&children);
    int error = children_read(&children, stream, export);
    if (error)
        return error;
    error = hear(children.words, answer);
    pid_t reader = children.reader;
    children_end(&children);
    waitpid(reader, NULL, 0);
    return error;
}

void ask_watcher(const char *address, uint16_t port, const char *export, struct ask_answer *answer) {
    answer->text[0] = '\0';
    answer->error = ask(address, port, export, answer);
}
