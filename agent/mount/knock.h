/* SPDX-License-Identifier: MIT */
/*
 * knock: notices within KNOCK_MS that a server which did not listen begins to. Edge, in the daemon itself: it
 * only connects, and reads nothing.
 *
 * An attempt asks a server a dozen things, so attempts become rare while a server is away; a knock is one SYN,
 * so it can stay frequent, and the mount comes at once however long the wait was.
 */
#ifndef USERMOUNT_KNOCK_H
#define USERMOUNT_KNOCK_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#define KNOCK_MS 100
#define KNOCK_MAX 32

/* One server's port. All zero is a valid empty table. */
struct knock {
    char address[64];
    uint16_t port;
    int fd; /* of the connect under way; -1: none */
    bool wanted;
};

struct knock_table {
    struct knock knocks[KNOCK_MAX];
    uint32_t count;
    int64_t due_ms; /* of the next round; -1: nobody waits */
};

/* A round of wishes begins: nothing is wanted until knock_want() says so again. */
void knock_clear_wishes(struct knock_table *table);
void knock_want(struct knock_table *table, const char *address, uint16_t port);

/* Drop what is not wanted any more and start the connects that are due. */
void knock_round(struct knock_table *table, int64_t now_ms);

/* The poll entries of the connects under way: their number, at most KNOCK_MAX. */
uint32_t knock_poll(const struct knock_table *table, struct pollfd *fds);

/* Read the poll's outcome of entry `i` of knock_poll(): the knock that is answered now, or NULL. */
const struct knock *knock_answer(struct knock_table *table, const struct pollfd *fd);

#endif
