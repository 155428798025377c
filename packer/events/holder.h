/* SPDX-License-Identifier: MIT */
/*
 * holder: which program has a port. Edge: lsof(8) is asked, which macOS has and Linux may have.
 */
#ifndef PACKER_EVENTS_HOLDER_H
#define PACKER_EVENTS_HOLDER_H

#include "../../agent/common/text.h"

/* Appends the name and number of the process that listens on the TCP port, such as "nginx (process 812)". False: it is
 * not known, and nothing is appended. */
bool holder_find(unsigned port, struct text_out *out);

/* Whether it is a watcher like this one: it is asked, for a second at most. */
bool holder_is_watcher(unsigned port);

/* What holder_find() appends, from what `lsof -Fpc` has said. PURE, and for tests. */
bool holder_read(struct text said, struct text_out *out);

#endif
