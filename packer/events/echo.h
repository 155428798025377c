/* SPDX-License-Identifier: MIT */
/*
 * echo: remembers the last record of each path, to recognize edits that a guest made itself. PURE.
 *
 * A guest raises an inotify event with chown(2), which changes only the ctime. The system reports that like any edit.
 * A record with the inode, size, mtime and mode of the last one is such an echo. The memory is bounded: a path that it
 * has forgotten is reported once too often.
 */
#ifndef PACKER_EVENTS_ECHO_H
#define PACKER_EVENTS_ECHO_H

#include "../../agent/stream/stream.h"

#define ECHO_SETS 4096u
#define ECHO_WAYS 8u

struct echo_entry {
    uint64_t path; /* a hash; 0: the entry is free */
    uint64_t inode;
    uint64_t size_bytes;
    int64_t mtime_ns;
    uint16_t mode;
    uint16_t age; /* 0: the youngest of its set */
};

/* All zeros: empty. */
struct echo {
    uint64_t seed;
    struct echo_entry entries[ECHO_SETS][ECHO_WAYS];
};

/* The kinds of change that the system reported, as bits. */
enum echo_cause {
    ECHO_ATTRIBUTES = 1, /* the inode's attributes, certainly not its content */
    ECHO_CONTENT = 2,    /* certainly content or name */
    ECHO_UNKNOWN = 4,    /* any of these */
};

enum echo_answer {
    ECHO_TELL,
    ECHO_TELL_SAME, /* the numbers are the last ones, but the content may differ: STREAM_IS_SAME */
    ECHO_DROP,
};

/* Judges a record at the wall clock's `now_ns` and remembers it. `causes` are all causes of the gathering. */
enum echo_answer echo_judge(struct echo *echo, const struct stream_record *record, unsigned causes, int64_t now_ns);

/* Forgets everything. `seed` keys the hashes; pass a new one each time. */
void echo_forget(struct echo *echo, uint64_t seed);

#endif
