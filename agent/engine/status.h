/* SPDX-License-Identifier: MIT */
/*
 * status: a mount's published state, as the line of logfmt in its file in the run directory.
 *
 * PURE. `usermount status --porcelain` prints the same lines, and their keys are stable.
 */
#ifndef USERMOUNT_STATUS_H
#define USERMOUNT_STATUS_H

#include "engine_time.h"
#include "verdict.h"

#include <stdbool.h>
#include <stdint.h>

#define STATUS_LINE_SIZE 8192

/* How the NFS client caches. */
enum status_cache {
    STATUS_UNTOLD,   /* not known: events=off, or the mount is not up */
    STATUS_PLAIN,    /* for seconds: it asks the server again and again */
    STATUS_COHERENT, /* until the Mac reports an edit */
    STATUS_CACHES
};

struct status {
    char target[CONFIG_PATH_SIZE];
    char source[CONFIG_SERVER_SIZE + CONFIG_PATH_SIZE + 4];
    char state[16];        /* engine_state_word() */
    int64_t since_boot_ms; /* when the state began, by CLOCK_BOOTTIME: for its age, since nobody sets this clock */
    int64_t since_ms;      /* the same by the wall clock, since 1970; status_set_since() sets it */
    uint32_t attempts;
    bool made;              /* mounted by usermount, not adopted */
    uint32_t behind;        /* mounts in running containers that still show the old content */
    uint32_t cache;         /* enum status_cache */
    int64_t silent_boot_ms; /* when the Mac's reports of edits stopped, by CLOCK_BOOTTIME; 0: it reports them */
    struct verdict verdict;
};

/* Appends "coherent", "plain" or "coherent, no report from the Mac for 12 s", for people; nothing for STATUS_UNTOLD. */
void status_cache_text(const struct status *status, int64_t now_boot_ms, struct text_out *out);

/* Sets since_ms from since_boot_ms, by the wall clock at `now`. */
void status_set_since(struct status *status, struct engine_time now);

/* Appends the line, with its line feed. */
void status_write(const struct status *status, struct text_out *out);

/* False: not such a line, or one without target or state. It skips unknown keys. */
bool status_read(struct text line, struct status *status);

#endif
