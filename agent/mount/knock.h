/* SPDX-License-Identifier: MIT */
/*
 * knock: notices within KNOCK_MS that a server has begun to listen. Edge, in the daemon itself: it only connects, and
 * reads nothing.
 *
 * An attempt makes a dozen calls to the server, and attempts become rare while the server is away. A knock is one SYN.
 * It can stay frequent, and the mount comes at once after a wait of any length.
 */
#ifndef USERMOUNT_KNOCK_H
#define USERMOUNT_KNOCK_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#define KNOCK_MS 100
#define KNOCK_MAX 32

/* One server's port. */
struct knock {
    char address[64]; /* numeric */
    uint16_t port;
    int fd; /* of the connect under way; negative: none */
    bool wanted;
};

/* All zeros: empty. */
struct knock_table {
    struct knock knocks[KNOCK_MAX];
    uint32_t count;
    int64_t due_ms; /* of the next round, mono; -1: nobody waits */
};

/* Begins a round of wishes: no server is wanted until knock_want() names it again. */
void knock_clear_wishes(struct knock_table *table);

/* Wants the server. A full table and an `address` that is too long are ignored: attempts go on without a knock. */
void knock_want(struct knock_table *table, const char *address, uint16_t port);

/* Drops the servers that nobody wants any more, and starts the connects that are due. `now_ms` is mono. */
void knock_round(struct knock_table *table, int64_t now_ms);

/* Fills poll entries for the connects under way and returns their number, at most KNOCK_MAX. */
uint32_t knock_poll(const struct knock_table *table, struct pollfd *fds);

/* Takes poll's result for one of these entries and ends its connect. Returns the knock if the server accepted it, or
 * NULL. */
const struct knock *knock_answer(struct knock_table *table, const struct pollfd *fd);

#endif
