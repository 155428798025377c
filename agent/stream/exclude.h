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

/* Whether a pattern matches `path` or a folder above it. The empty path has none. */
bool exclude_is(const struct exclude *exclude, struct text path);

/*
 * The patterns for the export at `below`, a path in the folder that `exclude` is for. Each pattern loses the parts that
 * match `below`. A pattern that matches `below` itself or a folder above it is dropped: the user named this export. An
 * empty `below` gives a copy.
 */
struct exclude exclude_below(const struct exclude *exclude, struct text below);

#endif
