/* SPDX-License-Identifier: MIT */
/*
 * server: the sockets and the one loop of the watcher. Edge.
 */
#ifndef PACKER_EVENTS_SERVER_H
#define PACKER_EVENTS_SERVER_H

#include "hub.h"

/* A socket that listens on 127.0.0.1 and takes guests, or -errno: -EADDRINUSE when another program has the port. */
int server_listen(unsigned port);

/* Serves guests until SIGTERM, SIGINT or SIGHUP. 0 or -errno; the socket is closed. */
int server_run(struct hub *hub, int listener);

#endif
