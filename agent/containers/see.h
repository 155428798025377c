/* SPDX-License-Identifier: MIT */
/*
 * see: checks one mount of another namespace, and replaces it if it is behind. Edge, from inside that namespace.
 *
 * It touches only mount points that mountinfo names, and only as long as they are there: it opens each directory on the
 * way by name, follows no link, and compares the mount's id (path.h). It mounts through such a descriptor, by the
 * agent's own /proc. It opens no file of the container, and signals no process.
 */
#ifndef USERMOUNT_CONTAINERS_SEE_H
#define USERMOUNT_CONTAINERS_SEE_H

#include "holders.h"
#include "mend.h"
#include "visit.h"

struct containers_sight {
    struct containers_outcome outcome;
    struct containers_holders holders;
    uint32_t made; /* the new mount's id; 0: none */
};

/* Sees to one mount of `table`, the namespace's own. Any step may hang. */
void containers_see(const struct containers_visit *visit, const struct containers_bind *bind, struct text table,
                    struct containers_sight *sight);

/* Enters the mount namespace `namespace`, a descriptor, with the agent's /proc as the working directory. */
struct containers_outcome containers_enter(const struct containers_visit *visit, int namespace);

#endif
