/* SPDX-License-Identifier: MIT */
/*
 * see: one mount of another namespace: is it behind, and if so, mended. Edge, from inside that namespace.
 *
 * Only a mount point that mountinfo names is touched, and only while it is where mountinfo says: each directory on the
 * way is opened by name without following links, and the mount that was found there must have the id of the one that
 * was meant (path.h). The mounting goes through such a descriptor, by the agent's own /proc. Nothing of
 * the container's is opened or signalled.
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

/* May hang in every step. */
void containers_see(const struct containers_visit *visit, const struct containers_bind *bind, struct text table,
                    struct containers_sight *sight);

/* Enter the namespace; what is mounted by is the agent's /proc. */
struct containers_outcome containers_enter(const struct containers_visit *visit, int namespace);

#endif
