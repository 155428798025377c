/* SPDX-License-Identifier: MIT */
/*
 * progress: draws a progress bar on standard error, if that is a terminal, for work that takes more than half a second.
 * Edge.
 */
#ifndef PACKER_PROGRESS_H
#define PACKER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *action; /* not copied */
    uint64_t total_bytes;
    uint64_t next_ns; /* the time of the next update, by host_monotonic_ns */
    bool is_shown;
    bool is_terminal; /* standard error is a terminal */
};

/* action is the text before the bar, such as "reading". */
void progress_start(struct progress *progress, const char *action, uint64_t total_bytes);

/* Updates the bar at most ten times a second. context is the struct progress. */
void progress_update(void *context, uint64_t bytes_done);

/* Erases the bar. */
void progress_end(struct progress *progress);

#endif
