/* SPDX-License-Identifier: MIT */
/*
 * server: the watcher's sockets and its event loop. Edge.
 */
#ifndef PACKER_EVENTS_SERVER_H
#define PACKER_EVENTS_SERVER_H

#include "hub.h"

/* A socket that listens on 127.0.0.1, or -errno; -EADDRINUSE: another program holds the port. */
int server_listen(unsigned port);

/* Serves guests until SIGTERM, SIGINT or SIGHUP, then closes the socket. 0 or -errno. */
int server_run(struct hub *hub, int listener);

#endif
