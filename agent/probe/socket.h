/* SPDX-License-Identifier: MIT */
/* socket: TCP sockets that connect without blocking. Edge. */
#ifndef USERMOUNT_PROBE_SOCKET_H
#define USERMOUNT_PROBE_SOCKET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct probe_address {
    struct sockaddr_storage storage;
    socklen_t len;
};

/* Reads "192.0.2.1" or "2001:db8::1", with port 0. False: a name, or an address with a zone. */
bool probe_address_read(const char *text, struct probe_address *address);

/* Sets the port, in host order. */
void probe_address_port(struct probe_address *address, uint16_t port);

/* Opens a close-on-exec, non-blocking socket of `family`. close(2) resets its connection and leaves no port in
 * TIME_WAIT. `reserved`: it is bound to a port below 1024 if the process has the right. The socket or -errno. */
int probe_socket_open(int family, bool reserved);

/* 0, -EINPROGRESS or another -errno. */
int probe_socket_connect(int fd, const struct probe_address *address);

/* Begins a connection to `address`, numeric, from an ordinary port. The socket, which is writable once there is a
 * result, or -errno; -EINVAL: the address cannot be read. */
int probe_socket_dial(const char *address, uint16_t port);

/* The result of a connect, once the socket is writable: 0 or -errno. */
int probe_socket_error(int fd);

#endif
