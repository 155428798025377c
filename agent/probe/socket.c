/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Below the ports of the kernel's own NFS client (sunrpc.min_resvport is 665): neither takes a port from the other. */
enum { PORT_FIRST = 600, PORT_LAST = 664 };

static union {
    struct sockaddr_storage storage;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
} zero;

bool probe_address_read(const char *text, struct probe_address *address) {
    struct sockaddr_in in = zero.in;
    struct sockaddr_in6 in6 = zero.in6;

    address->storage = zero.storage;
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
        in.sin_family = AF_INET;
        address->len = sizeof in;
        memcpy(&address->storage, &in, sizeof in);
        return true;
    }
    if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1) {
        in6.sin6_family = AF_INET6;
        address->len = sizeof in6;
        memcpy(&address->storage, &in6, sizeof in6);
        return true;
    }
    return false;
}

void probe_address_port(struct probe_address *address, uint16_t port) {
    if (address->storage.ss_family == AF_INET)
        ((struct sockaddr_in *)(void *)&address->storage)->sin_port = htons(port);
    else
        ((struct sockaddr_in6 *)(void *)&address->storage)->sin6_port = htons(port);
}

/* Without the right, the socket stays unbound, and the server answers as it answers an ordinary user. */
static void bind_reserved(int fd, int family) {
    struct probe_address address = {.storage = zero.storage};
    struct timespec now = {0, 0};
    enum { PORTS = PORT_LAST - PORT_FIRST + 1 };

    address.storage.ss_family = (sa_family_t)family;
    address.len = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    clock_gettime(CLOCK_MONOTONIC, &now);
    for (long i = 0, start = now.tv_nsec / 1000 % PORTS; i < PORTS; i++) {
        probe_address_port(&address, (uint16_t)(PORT_FIRST + (start + i) % PORTS));
        if (bind(fd, (struct sockaddr *)&address.storage, address.len) == 0 || errno == EACCES)
            return;
    }
}

int probe_socket_open(int family, bool reserved) {
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct linger reset = {.l_onoff = 1, .l_linger = 0};

    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    if (reserved)
        bind_reserved(fd, family);
    return fd;
}

int probe_socket_connect(int fd, const struct probe_address *address) {
    return connect(fd, (const struct sockaddr *)&address->storage, address->len) == 0 ? 0 : -errno;
}

int probe_socket_dial(const char *address, uint16_t port) {
    struct probe_address to;
    int fd = probe_address_read(address, &to) ? probe_socket_open(to.storage.ss_family, false) : -EINVAL;

    if (fd < 0)
        return fd;
    probe_address_port(&to, port);
    int error = probe_socket_connect(fd, &to);
    if (error == 0 || error == -EINPROGRESS)
        return fd;
    close(fd);
    return error;
}

int probe_socket_error(int fd) {
    int error = 0;
    socklen_t len = sizeof error;

    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 ? -error : -errno;
}
