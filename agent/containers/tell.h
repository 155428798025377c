/* SPDX-License-Identifier: MIT */
/*
 * tell: a visit's reports to the crew: one line for each mount, with its log line. Edge, for the pipe alone.
 */
#ifndef USERMOUNT_CONTAINERS_TELL_H
#define USERMOUNT_CONTAINERS_TELL_H

#include "holders.h"
#include "mend.h"
#include "visit.h"

/* The first letter of a line. The mount's id, the new mount's id (0: none) and the log line follow, with a space before
 * each. */
#define CONTAINERS_LINE_TRY 't' /* work on the mount begins; the log line lacks its cause */
#define CONTAINERS_LINE_HEALED 'h'
#define CONTAINERS_LINE_BEHIND 'b' /* the mount stays as it was */
#define CONTAINERS_LINE_AGAIN 'a'  /* the same, and the next look retries */
#define CONTAINERS_LINE_SEEN 's'   /* nothing to do, nothing to log */

/* Writes the line that work on a mount begins. */
void containers_tell_try(const struct containers_visit *visit, const struct containers_bind *bind, int fd);

/* Writes the line of a mount; `bind` NULL: of the whole namespace, with the id 0. */
void containers_tell(const struct containers_visit *visit, const struct containers_bind *bind,
                     const struct containers_outcome *outcome, struct containers_holders holders, uint32_t made,
                     int fd);

/* Append the log line of a whole namespace that is behind, without its cause; and the cause. */
void containers_tell_namespace(const struct containers_visit *visit, struct text_out *out);
void containers_tell_cause(struct text_out *out, const struct containers_outcome *outcome);

#endif
