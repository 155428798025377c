/* SPDX-License-Identifier: MIT */
/*
 * tell: what a visit says of one mount: its lines for the crew, and the log lines in them. Edge for the pipe
 * alone.
 */
#ifndef USERMOUNT_CONTAINERS_TELL_H
#define USERMOUNT_CONTAINERS_TELL_H

#include "holders.h"
#include "mend.h"
#include "visit.h"

/* What a visit does, or how one mount fared: the first letter of its line. The mount's id, that of the new mount (0:
 * none) and the log line follow it, with a space before each. */
#define CONTAINERS_LINE_TRY 't' /* it begins now; the log line lacks its cause */
#define CONTAINERS_LINE_HEALED 'h'
#define CONTAINERS_LINE_BEHIND 'b' /* left as it is */
#define CONTAINERS_LINE_AGAIN 'a'  /* the same, and to be tried again before long */
#define CONTAINERS_LINE_SEEN 's'   /* nothing to do, nothing to log */

/* Write the line of a mount that is seen to now. */
void containers_tell_try(const struct containers_visit *visit, const struct containers_bind *bind, int fd);

/* Write the line of a mount; `bind` NULL: of the whole namespace, with 0 for an id. */
void containers_tell(const struct containers_visit *visit, const struct containers_bind *bind,
                     const struct containers_outcome *outcome, struct containers_holders holders, uint32_t made,
                     int fd);

/* The log line of a whole namespace that is behind, without its cause; and the cause. */
void containers_tell_namespace(const struct containers_visit *visit, struct text_out *out);
void containers_tell_cause(struct text_out *out, const struct containers_outcome *outcome);

#endif
