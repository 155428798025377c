/* SPDX-License-Identifier: MIT */
/*
 * status: a mount's published state, as the line of logfmt that stands in its file in the run directory.
 *
 * PURE. `usermount status --porcelain` prints the same lines, so their keys are stable.
 */
#ifndef USERMOUNT_STATUS_H
#define USERMOUNT_STATUS_H

#include "engine_time.h"
#include "verdict.h"

#include <stdbool.h>
#include <stdint.h>

#define STATUS_LINE_SIZE 8192

/* How the client caches what it has read. */
enum status_cache {
    STATUS_UNTOLD,   /* events=off, or the mount is not up */
    STATUS_PLAIN,    /* it asks the server again and again */
    STATUS_COHERENT, /* it asks again when the Mac tells of an edit */
    STATUS_CACHES
};

struct status {
    char target[CONFIG_PATH_SIZE];
    char source[CONFIG_SERVER_SIZE + CONFIG_PATH_SIZE + 4];
    char state[16];        /* engine_state_word() */
    int64_t since_boot_ms; /* CLOCK_BOOTTIME: the state's age is told by it, whatever the wall clock was set to since */
    int64_t since_ms;      /* wall clock, since 1970; as of status_set_since() */
    uint32_t attempts;
    bool made;              /* mounted by usermount, not adopted */
    uint32_t behind;        /* mounts in running containers that still show what was there before */
    uint32_t cache;         /* enum status_cache */
    int64_t silent_boot_ms; /* CLOCK_BOOTTIME since when the Mac tells of no edits; 0: it does */
    struct verdict verdict;
};

/* "coherent", "plain", "coherent, no word from the Mac for 12 s": for people; empty for STATUS_UNTOLD. */
void status_cache_text(const struct status *status, int64_t now_boot_ms, struct text_out *out);

/* Tell since when by the wall clock as it is `now`. */
void status_set_since(struct status *status, struct engine_time now);

void status_write(const struct status *status, struct text_out *out);

/* False: not such a line, or one without target and state. Unknown keys are passed over. */
bool status_read(struct text line, struct status *status);

#endif
