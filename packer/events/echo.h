/* SPDX-License-Identifier: MIT */
/*
 * echo: what was told last of each path, so that a guest does not hear of what it did itself. PURE.
 *
 * A guest makes an inotify event with chown(2), which changes nothing but the ctime; the system tells that as it tells
 * an edit. A record whose inode, size, mtime and mode are those told last is such an echo. What is forgotten, as the
 * memory is bounded, is told once too often.
 */
#ifndef PACKER_EVENTS_ECHO_H
#define PACKER_EVENTS_ECHO_H

#include "../../agent/stream/stream.h"

#define ECHO_SETS 4096u
#define ECHO_WAYS 8u

struct echo_entry {
    uint64_t path; /* a hash; 0: nothing */
    uint64_t inode;
    uint64_t size_bytes;
    int64_t mtime_ns;
    uint16_t mode;
    uint16_t age; /* the youngest of its set has 0 */
};

/* All zeros knows nothing. */
struct echo {
    uint64_t seed;
    struct echo_entry entries[ECHO_SETS][ECHO_WAYS];
};

/* What the system says has happened, as bits. */
enum echo_cause {
    ECHO_ATTRIBUTES = 1, /* of the inode, for certain not the content */
    ECHO_CONTENT = 2,    /* content or name, for certain */
    ECHO_UNKNOWN = 4,    /* any of them */
};

enum echo_answer {
    ECHO_TELL,
    ECHO_TELL_SAME, /* told before with the same numbers, and yet it may differ: STREAM_IS_SAME */
    ECHO_DROP,
};

/* Judge a record at the wall clock's `now_ns`, and remember it as told. `causes` are those of the whole gathering. */
enum echo_answer echo_judge(struct echo *echo, const struct stream_record *record, unsigned causes, int64_t now_ns);

/* Whatever was told counts no longer; `seed` is for the hashes, and another one each time. */
void echo_forget(struct echo *echo, uint64_t seed);

#endif
