/* SPDX-License-Identifier: MIT */
/*
 * progress: one line on the terminal for work that takes more than half a second. Edge.
 */
#ifndef PACKER_PROGRESS_H
#define PACKER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *action;
    uint64_t total_bytes;
    uint64_t next_ns; /* when the line is drawn again */
    bool is_shown;
    bool is_terminal; /* standard error is one */
};

void progress_start(struct progress *progress, const char *action, uint64_t total_bytes);

/* May be called as often as one likes; context is the struct progress. */
void progress_update(void *context, uint64_t bytes_done);

/* Wipes the line away. */
void progress_end(struct progress *progress);

#endif
