/* SPDX-License-Identifier: MIT */
/*
 * containers_crew: the children that each visit one mount namespace, a bounded number at a time, and what they say.
 * Edge.
 */
#ifndef USERMOUNT_CONTAINERS_CREW_H
#define USERMOUNT_CONTAINERS_CREW_H

#include "containers_visit.h"

#define CONTAINERS_CREW_MAX 16

struct containers_crew_member {
    pid_t pid; /* 0: none */
    int fd;    /* what it says; its end is the member's end */
    char *text;
    size_t len;
    struct containers_visit visit; /* for the case that it says nothing; of its pointers only those that are common to
                                    * all are still good */
};

/* All zero: nobody is under way. */
struct containers_crew {
    struct containers_crew_member members[CONTAINERS_CREW_MAX];
    uint32_t healed; /* mounts */
    uint32_t behind;
};

/* Send a child to visit->process's namespace; waits for one to come back where all are under way. */
void containers_crew_send(struct containers_crew *crew, const struct containers_visit *visit);

/* Wait for all, and log what they say. Each ends by itself, at the latest at its alarm. */
void containers_crew_finish(struct containers_crew *crew);

#endif
