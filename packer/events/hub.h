/* SPDX-License-Identifier: MIT */
/*
 * hub: which guest is told of which folder. It knows the protocol, and touches no socket.
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
    struct text exclude_root; /* for exports at or below this path the patterns begin there; empty: at their place */
    const struct journal *journal;
    struct guest *guests[HUB_GUESTS];     /* NULL: none; ours */
    struct watched *folders[HUB_FOLDERS]; /* NULL: none; ours */
    unsigned guest_number;                /* the last one's */
    uint64_t sent_away;                   /* since it was last told */
};

/* Why a guest has to go; for the journal. */
struct hub_end {
    const char *word; /* NULL: it stays */
    const char *why;
};

/* A new guest with this socket, or NULL: there is no room. */
struct guest *hub_admit(struct hub *hub, int fd, uint64_t now_ns);

/* The frames that have come. */
struct hub_end hub_hear(struct hub *hub, struct guest *guest, uint64_t now_ns);

/* Whether it has been silent, or deaf, for too long. */
struct hub_end hub_judge(const struct guest *guest, uint64_t now_ns);

/* Takes it away; its socket is the caller's to close. */
void hub_dismiss(struct hub *hub, struct guest *guest, struct hub_end end);

/* Looks after every folder, or only after those that are in doubt. */
void hub_check(struct hub *hub, bool all);

/* Tells each guest what was gathered in the folders whose time has come. */
void hub_tell(struct hub *hub, uint64_t now_ns);

/* Everybody goes. Their sockets are closed with them. */
void hub_close(struct hub *hub, struct hub_end end);

#endif
