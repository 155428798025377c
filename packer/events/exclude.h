/* SPDX-License-Identifier: MIT */
/*
 * exclude: which paths below an export are not told of. PURE.
 *
 * A pattern is compared part by part with the path; "*" stands for any bytes and "?" for one, within one part. What it
 * matches is left out with all that lies below.
 */
#ifndef PACKER_EVENTS_EXCLUDE_H
#define PACKER_EVENTS_EXCLUDE_H

#include "../../agent/stream/stream.h"

struct exclude {
    size_t count;
    struct text patterns[STREAM_PATTERNS_MAX]; /* in the caller's memory */
};

/* Whether a pattern matches `path` or a folder above it. */
bool exclude_is(const struct exclude *exclude, struct text path);

/*
 * What is left of the patterns for an export that lies at `below` in the folder for which they were made: the parts
 * that `below` has are taken off their front. One that matches `below` itself, or a folder above it, is left out: who
 * names an export wants it. With an empty `below`, a copy.
 */
struct exclude exclude_below(const struct exclude *exclude, struct text below);

#endif
