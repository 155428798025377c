/* SPDX-License-Identifier: MIT */
/*
 * exclude: the paths below an export that the watcher does not report. PURE.
 *
 * A pattern is compared with the path part by part. Within one part, "*" stands for any bytes and "?" for one byte. A
 * folder that matches is left out with everything below it.
 */
#ifndef USERMOUNT_STREAM_EXCLUDE_H
#define USERMOUNT_STREAM_EXCLUDE_H

#include "stream.h"

struct exclude {
    size_t count;
    struct text patterns[STREAM_PATTERNS_MAX]; /* in the caller's memory */
};

/* Whether a pattern matches `path` or a folder above it. */
bool exclude_is(const struct exclude *exclude, struct text path);

/*
 * The patterns for an export that lies at `below` in the folder for which `exclude` was made: the parts of `below` are
 * taken off their front. A pattern that matches `below` itself or a folder above it is dropped, since whoever names an
 * export wants it. An empty `below` gives a copy.
 */
struct exclude exclude_below(const struct exclude *exclude, struct text below);

#endif
