/* SPDX-License-Identifier: MIT */
/*
 * holder: finds the program that listens on a port. Edge: runs lsof(8), which macOS has and Linux may have.
 */
#ifndef PACKER_EVENTS_HOLDER_H
#define PACKER_EVENTS_HOLDER_H

#include "../../agent/common/text.h"

/* Appends the process that listens on the TCP port, such as "nginx (process 812)". False: unknown, nothing appended. */
bool holder_find(unsigned port, struct text_out *out);

enum holder_answer {
    HOLDER_NOBODY,  /* nobody listens */
    HOLDER_WATCHER, /* usermount-pack events, of any version */
    HOLDER_OTHER,   /* another program, or one that is silent for a second */
};

/* Sends the program that listens on 127.0.0.1 a hello and waits a second at most. */
enum holder_answer holder_ask(unsigned port);

/* holder_find()'s text from the output of `lsof -Fpc`. PURE, and for tests. */
bool holder_read(struct text said, struct text_out *out);

#endif
