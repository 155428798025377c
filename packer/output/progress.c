/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include "../host/host.h"

#include <stdio.h>
#include <unistd.h>

#define FIRST_NS UINT64_C(500000000)
#define AGAIN_NS UINT64_C(100000000)
#define BAR_CELLS 40u

void progress_start(struct progress *progress, const char *action, uint64_t total_bytes) {
    *progress = (struct progress){
        .action = action,
        .total_bytes = total_bytes,
        .next_ns = host_monotonic_ns() + FIRST_NS,
        .is_terminal = isatty(STDERR_FILENO) == 1,
    };
}

void progress_update(void *context, uint64_t bytes_done) {
    static const char full[] = "########################################";
    static const char none[] = "                                        ";
    struct progress *progress = context;
    unsigned int cells;
    uint64_t now;

    if (!progress->is_terminal || progress->total_bytes == 0)
        return;
    now = host_monotonic_ns();
    if (now < progress->next_ns)
        return;
    if (bytes_done > progress->total_bytes)
        bytes_done = progress->total_bytes;
    cells = (unsigned int)((double)bytes_done / (double)progress->total_bytes * BAR_CELLS);
    fprintf(stderr, "\r%-10s [%.*s%.*s] %3u%%", progress->action, (int)cells, full, (int)(BAR_CELLS - cells), none,
            (unsigned int)((double)bytes_done / (double)progress->total_bytes * 100));
    fflush(stderr);
    progress->is_shown = true;
    progress->next_ns = now + AGAIN_NS;
}

void progress_end(struct progress *progress) {
    if (progress->is_shown)
        fprintf(stderr, "\r%*s\r", (int)(10 + 2 + BAR_CELLS + 7), "");
    progress->is_shown = false;
}
