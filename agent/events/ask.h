/* SPDX-License-Identifier: MIT */
/*
 * ask: asks the watcher on the Mac once whether it reports an export's edits, for `usermount probe`. Edge.
 *
 * A jailed reader greets the watcher, as for a mount, and is killed after its first word.
 */
#ifndef USERMOUNT_EVENTS_ASK_H
#define USERMOUNT_EVENTS_ASK_H

#include "reader.h"

#include <stdint.h>

struct ask_answer {
    int error;                                        /* 0: it reports edits; or -errno */
    char text[sizeof((struct reader_word *)0)->text]; /* -EPROTO: the reason; otherwise empty */
};

/* Takes at most LINK_CONNECT_MS and LINK_GREET_MS (link.h). `address` is numeric. -ETIMEDOUT: no answer; -EPROTO: the
 * watcher cannot serve this export; another -errno: no connection. */
void ask_watcher(const char *address, uint16_t port, const char *export, struct ask_answer *answer);

#endif
