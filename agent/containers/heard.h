/* SPDX-License-Identifier: MIT */
/*
 * heard: takes what a crew hears of its members into its memory and the log. Edge, for the log alone.
 */
#ifndef USERMOUNT_CONTAINERS_HEARD_H
#define USERMOUNT_CONTAINERS_HEARD_H

#include "crew.h"

/* Takes the complete lines (tell.h) of member->text, and removes them from it. Each mount that the member begins has
 * CONTAINERS_BIND_US. */
void containers_heard_lines(struct containers_crew *crew, struct containers_crew_member *member);

/* Sets the mount that the member works on: its id, and a copy of its log line. `line` NULL: none. */
void containers_heard_try(struct containers_crew_member *member, uint32_t id, const char *line);

/* Logs the mount that the member was working on as behind; the whole namespace if it had not begun one, or hangs
 * (CONTAINERS_STUCK). */
void containers_heard_end(struct containers_crew *crew, const struct containers_crew_member *member,
                          enum containers_end end);

/* Logs a whole namespace as behind, once, with the outcome as its cause: no member could be sent. */
void containers_heard_nothing(struct containers_crew *crew, const struct containers_visit *visit,
                              struct containers_outcome outcome);

#endif
