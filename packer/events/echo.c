/* SPDX-License-Identifier: MIT */
#include "echo.h"

#define SECOND_NS INT64_C(1000000000)
#define DOUBT_NS (2 * SECOND_NS) /* the time stamps of HFS+ have a precision of 1 s, those of FAT of 2 s */

/* Returns a keyed hash, never 0. The last steps mix its bits, because the low ones choose a set. */
static uint64_t hash(uint64_t seed, struct text path) {
    uint64_t sum = text_hash(TEXT_HASH ^ seed, path);

    sum ^= sum >> 33;
    sum *= UINT64_C(0xff51afd7ed558ccd);
    sum ^= sum >> 33;
    return sum ? sum : 1;
}

/* Returns the entry of a path, as the youngest of its set. A new path replaces the oldest entry. */
static struct echo_entry *touch(struct echo_entry *set, uint64_t path) {
    struct echo_entry *found = &set[0];
    uint16_t age;

    for (size_t i = 0; i < ECHO_WAYS; i++) {
        if (set[i].path == path || set[i].path == 0) {
            found = &set[i];
            break;
        }
        if (set[i].age > found->age)
            found = &set[i];
    }
    age = found->path ? found->age : UINT16_MAX;
    for (size_t i = 0; i < ECHO_WAYS; i++)
        if (set[i].path && set[i].age < age)
            set[i].age++;
    found->age = 0;
    return found;
}

static bool is_doubtful(int64_t mtime_ns, int64_t now_ns) {
    return mtime_ns % SECOND_NS == 0 && now_ns - mtime_ns < DOUBT_NS && mtime_ns - now_ns < DOUBT_NS;
}

enum echo_answer echo_judge(struct echo *echo, const struct stream_record *record, unsigned causes, int64_t now_ns) {
    uint64_t path = hash(echo->seed, record->path);
    struct echo_entry *entry = touch(echo->entries[path % ECHO_SETS], path);
    bool same = record->mode != 0 && entry->path == path && entry->inode == record->inode &&
                entry->size_bytes == record->size_bytes && entry->mtime_ns == record->mtime_ns &&
                entry->mode == record->mode;

    entry->path = path;
    entry->inode = record->inode;
    entry->size_bytes = record->size_bytes;
    entry->mtime_ns = record->mtime_ns;
    entry->mode = record->mode;
    if (!same || causes & ECHO_CONTENT)
        return ECHO_TELL;
    return causes & ECHO_UNKNOWN && is_doubtful(record->mtime_ns, now_ns) ? ECHO_TELL_SAME : ECHO_DROP;
}

/* With another seed no old hash matches. The entries are not cleared: writing to them would use memory pages. */
void echo_forget(struct echo *echo, uint64_t seed) {
    echo->seed = seed;
}
