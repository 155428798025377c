/* SPDX-License-Identifier: MIT */
/*
 * crew: the children that visit mount namespaces, a bounded number at a time, and their reports. Edge.
 */
#ifndef USERMOUNT_CONTAINERS_CREW_H
#define USERMOUNT_CONTAINERS_CREW_H

#include "mend.h"
#include "visit.h"

#include <time.h>

#define CONTAINERS_CREW_MAX 32
#define CONTAINERS_BIND_US INT64_C(5000000)   /* for one mount */
#define CONTAINERS_VISIT_US INT64_C(20000000) /* for a namespace; no work on a mount begins later */

/* How far a member that does not end was pushed: not, asked, killed. Then it is left behind. */
enum containers_push { CONTAINERS_UNPUSHED, CONTAINERS_ASKED, CONTAINERS_BEATEN };

struct containers_crew_member {
    pid_t pid; /* 0: none */
    int fd;    /* its reports; end of file is the member's end */
    int64_t until_us;
    enum containers_push push;
    char *text;
    size_t len;
    char *tried; /* the log line of its present mount, without the cause; NULL: none yet */
    uint32_t tried_id;
    struct containers_visit visit; /* the pointers that are the same for all visits stay valid, and no others; `process`
                                    * is the member's own */
};

/* All zeros: no member. */
struct containers_crew {
    struct containers_crew_member members[CONTAINERS_CREW_MAX];
    struct containers_memory memory;
    uint32_t healed; /* mounts */
    bool stopped;
};

/* Makes SIGTERM ask the crew to end: it asks its children, and no longer waits for one that hangs in a call. The signal
 * stays pending until the crew waits. */
void containers_crew_prepare(void);

/* Sends a child into the namespace of visit->process. If all members are busy, it waits for one to end. */
void containers_crew_send(struct containers_crew *crew, const struct containers_visit *visit);

/* Waits for all members and logs their reports. A child has CONTAINERS_BIND_US for each mount. At that limit the crew
 * ends the child, logs the mount as behind, and sends another child for the rest. A child that survives a kill is left
 * behind.
 */
void containers_crew_finish(struct containers_crew *crew);

/* Sleeps for `seconds`, or until SIGTERM. */
void containers_crew_pause(struct containers_crew *crew, time_t seconds);

#endif
