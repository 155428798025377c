/* SPDX-License-Identifier: MIT */
/*
 * links_act: what the life of one stream (link.h) asks for: connects, starts and ends the children, refreshes, logs.
 *
 * Edge; private to links*.c.
 */
#ifndef USERMOUNT_EVENTS_LINKS_ACT_H
#define USERMOUNT_EVENTS_LINKS_ACT_H

#include "links.h"

/* Feeds an event to the stream's link, and does what follows from it. */
void links_feed(struct links *links, struct links_one *one, enum link_event event, int64_t now_ms);

/* Feeds LINK_FAILED. `what` and -errno are the reason in the log. */
void links_fail(struct links *links, struct links_one *one, const char *what, int error, int64_t now_ms);

/* Refreshes the whole mount; or later, after the refresh that is under way and LINK_AGAIN_MS after the last one began.
 */
void links_forget(struct links *links, struct links_one *one, int64_t now_ms);

/* When links_forget() must be called again, mono; -1: it need not. */
int64_t links_again_ms(const struct links_one *one);

/* Starts the actor if the stream brings edits and the mount is up. */
void links_start_actor(struct links *links, struct links_one *one, int64_t now_ms);

/* Logs `event`. `end` is what the watcher did; NULL: it reports edits. */
void links_tell(struct links *links, struct links_one *one, const char *event, const char *end);

#endif
