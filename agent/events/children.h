/* SPDX-License-Identifier: MIT */
/*
 * children: the processes of one mount's stream, and the sockets between them. Edge.
 *
 *     watcher ==TCP==> reader --notes--> actor --?--> scanner
 *                        |                 |
 *                        +--words--> daemon <--asks
 *
 * Each process reaches only its arrows, and the actor also the mount.
 */
#ifndef USERMOUNT_EVENTS_CHILDREN_H
#define USERMOUNT_EVENTS_CHILDREN_H

#include <stdbool.h>
#include <sys/types.h>

/* 0: no process; -1: no descriptor. */
struct children {
    pid_t reader, actor, scanner;
    int words; /* the daemon's end: struct reader_word in, folders out */
    int notes; /* the actor's end, kept for it until it starts */
    int asks;  /* the daemon's end: ACTOR_FORGET in, its answers out */
};

void children_init(struct children *children);

/* Starts the reader on the connected socket `stream`, and closes it here, also after a failure. 0 or -errno. */
int children_read(struct children *children, int stream, const char *export);

/* Starts the actor in the mount at `target`, and with `raise` the scanner. `viewers` is the listening socket of
 * `usermount events`, or -1. 0 or -errno. */
int children_act(struct children *children, const char *target, int viewers, bool raise);

/* Kills all of them. SIGKILL also ends a call into a mount whose server hangs. */
void children_end(struct children *children);

/* Kills the actor alone, which broke the protocol or ended; children_ended() follows. */
void children_end_actor(struct children *children);

/* Notes that `pid` was reaped. True: it was one of them. */
bool children_ended(struct children *children, pid_t pid);

#endif
