/* SPDX-License-Identifier: MIT */
/*
 * crew: the children that each visit one mount namespace, a bounded number at a time, and what they say.
 * Edge.
 */
#ifndef USERMOUNT_CONTAINERS_CREW_H
#define USERMOUNT_CONTAINERS_CREW_H

#include "mend.h"
#include "visit.h"

#include <time.h>

#define CONTAINERS_CREW_MAX 32
#define CONTAINERS_BIND_S 5   /* for one mount */
#define CONTAINERS_VISIT_S 20 /* for a namespace; no mount is begun after it */

/* What is done to a member that does not end: asked, killed, and left behind. */
enum containers_push { CONTAINERS_UNPUSHED, CONTAINERS_ASKED, CONTAINERS_BEATEN };

struct containers_crew_member {
    pid_t pid; /* 0: none */
    int fd;    /* what it says; its end is the member's end */
    int64_t until_us;
    enum containers_push push;
    char *text;
    size_t len;
    char *tried; /* the log line of what it is at, without the cause; NULL: of nothing yet */
    uint32_t tried_id;
    struct containers_visit visit; /* of its pointers only those that are common to all are still good; `process` is
                                    * the member's own */
};

/* All zero: nobody is under way. */
struct containers_crew {
    struct containers_crew_member members[CONTAINERS_CREW_MAX];
    struct containers_seen *seen; /* each mount that was looked at */
    size_t seen_count;
    uint32_t healed; /* mounts */
    uint32_t look;   /* counted by who looks */
    bool stopped;
};

/* From now on SIGTERM asks the crew to end; it waits until somebody listens for it. */
void containers_crew_prepare(void);

/* Send a child to visit->process's namespace; waits for one to come back where all are under way. */
void containers_crew_send(struct containers_crew *crew, const struct containers_visit *visit);

/* The line of a whole namespace, for the cause `end`; once. */
void containers_crew_tell(struct containers_crew *crew, const struct containers_visit *visit,
                          struct containers_outcome outcome);

/* The same without the line: it was told by an earlier worker. */
void containers_crew_count(struct containers_crew *crew, const struct containers_visit *visit);

/* Wait for all, and log what they say. A child has CONTAINERS_BIND_S for each mount; then it is ended, the mount is
 * told as behind, and another child goes on with the rest. One that does not even end when it is killed is left behind.
 */
void containers_crew_finish(struct containers_crew *crew);

/* Sleep, or until SIGTERM. */
void containers_crew_pause(struct containers_crew *crew, time_t seconds);

/* How many mounts are behind; how many of them are to be tried again. */
uint32_t containers_crew_behind(const struct containers_crew *crew);
uint32_t containers_crew_again(const struct containers_crew *crew);

#endif
