/* SPDX-License-Identifier: MIT */
/*
 * holder: which program has a port. Edge: lsof(8) is asked, which macOS has and Linux may have.
 */
#ifndef PACKER_EVENTS_HOLDER_H
#define PACKER_EVENTS_HOLDER_H

#include "../../agent/text.h"

/* Appends the name and number of the process that listens on the TCP port, such as "nginx (process 812)". False: it is
 * not known, and nothing is appended. */
bool holder_find(unsigned port, struct text_out *out);

/* The same from what `lsof -Fpc` has said. PURE. */
bool holder_read(struct text said, struct text_out *out);

#endif
