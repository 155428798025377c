/* SPDX-License-Identifier: MIT */
/*
 * hub: connects guests with the folders that they want. It speaks the protocol and touches no socket.
 */
#ifndef PACKER_EVENTS_HUB_H
#define PACKER_EVENTS_HUB_H

#include "guest.h"
#include "journal.h"
#include "place.h"

#define HUB_GUESTS 8u
#define HUB_FOLDERS 64u

struct hub {
    const struct place *places;
    size_t place_count;
    const struct exclude *exclude;
    struct text exclude_root; /* patterns begin here for exports at or below it; empty: at each export */
    const struct journal *journal;
    struct guest *guests[HUB_GUESTS];     /* NULL: none; owned */
    struct watched *folders[HUB_FOLDERS]; /* NULL: none; owned */
    unsigned guest_number;                /* the last guest's */
    uint64_t sent_away;                   /* since the last line about it */
};

/* Why the watcher ends a connection, as the journal tells it. */
struct hub_end {
    const char *word; /* NULL: the connection stays */
    const char *why;
};

/* Adds a guest with this socket. NULL: there is no room. */
struct guest *hub_admit(struct hub *hub, int fd, uint64_t now_ns);

/* Handles the frames that have arrived. */
struct hub_end hub_hear(struct hub *hub, struct guest *guest, uint64_t now_ns);

/* Returns why to end a guest that sent nothing, or took nothing, for too long. */
struct hub_end hub_judge(const struct guest *guest, uint64_t now_ns);

/* Removes it. The caller closes its socket. */
void hub_dismiss(struct hub *hub, struct guest *guest, struct hub_end end);

/* Checks every folder, or only the doubtful ones. */
void hub_check(struct hub *hub, bool all);

/* Queues the records of every folder whose gathering is due. */
void hub_tell(struct hub *hub, uint64_t now_ns);

/* Removes all guests and closes their sockets. */
void hub_close(struct hub *hub, struct hub_end end);

#endif
