/* SPDX-License-Identifier: MIT */
/*
 * children: the processes of one mount's stream, and the sockets between them. Edge.
 *
 *     watcher ==TCP==> reader --notes--> actor --?--> scanner
 *                        |                 |
 *                        +--words--> daemon <--asks
 *
 * Each may reach only what stands at its arrows, and the actor the mount.
 */
#ifndef USERMOUNT_EVENTS_CHILDREN_H
#define USERMOUNT_EVENTS_CHILDREN_H

#include <stdbool.h>
#include <sys/types.h>

/* No process is 0, no descriptor -1. */
struct children {
    pid_t reader, actor, scanner;
    int words; /* the daemon's end: struct reader_word in, folders out */
    int notes; /* the actor's end, kept for it until it starts */
    int asks;  /* the daemon's end: ACTOR_FORGET in, its answers out */
};

void children_init(struct children *children);

/* With the connected socket `stream`, which is the reader's from here on, also after a failure. 0 or -errno. */
int children_read(struct children *children, int stream, const char *export);

/* In the mount at `target`; `viewers` is the listening socket of `usermount events`, or -1; `raise` false: no scanner,
 * and no events. 0 or -errno. */
int children_act(struct children *children, const char *target, int viewers, bool raise);

/* All of them, by SIGKILL: a call into a mount whose server hangs ends with that too. */
void children_end(struct children *children);

/* True when it was one of them; it has been reaped. */
bool children_ended(struct children *children, pid_t pid);

#endif
