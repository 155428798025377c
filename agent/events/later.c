/* SPDX-License-Identifier: MIT */
#include "later.h"

#include <string.h>

#define PROBES 64u /* places to try for a folder */

/* Before each note. */
struct head {
    uint16_t note_bytes;
    bool is_first; /* of its folder */
};

/* A hash of the folder's path, never 0. Of two folders with the same hash, the second one waits. */
static uint64_t hash_folder(const char *path) {
    const char *end = strrchr(path, '/');
    uint64_t value = text_hash(TEXT_HASH, (struct text){path, end ? (size_t)(end - path) : 0});

    return value ? value : 1;
}

/* Adds the folder. False: it is in the table already, or finds no place. */
static bool is_new(struct later *later, uint64_t folder) {
    for (uint32_t i = 0; i < PROBES; i++) {
        uint64_t *place = &later->room->folders[(folder + i) % LATER_FOLDERS];
        if (*place == folder)
            return false;
        if (*place != 0)
            continue;
        *place = folder;
        return later->knows_folders = true;
    }
    return false;
}

/* Moves the waiting notes together, if those that were taken are many. */
static void make_room(struct later *later) {
    unsigned char *bytes = later->room->bytes;
    size_t kept_bytes = 0, at = 0;
    struct head head;

    if (later->taken_bytes < LATER_BYTES / 8)
        return;
    while (at < later->used_bytes) {
        memcpy(&head, bytes + at, sizeof head);
        size_t size = sizeof head + head.note_bytes;
        if (at >= (head.is_first ? later->firsts_bytes : later->others_bytes)) {
            memmove(bytes + kept_bytes, bytes + at, size);
            kept_bytes += size;
        }
        at += size;
    }
    later->used_bytes = kept_bytes;
    later->firsts_bytes = later->others_bytes = later->taken_bytes = 0;
}

bool later_put(struct later *later, const struct note *note) {
    struct head head = {.note_bytes = (uint16_t)note_bytes(note)};
    size_t bytes = sizeof head + head.note_bytes;

    if (bytes > LATER_BYTES - later->used_bytes)
        make_room(later);
    if (bytes > LATER_BYTES - later->used_bytes)
        return false;
    unsigned char *at = later->room->bytes + later->used_bytes;
    head.is_first = is_new(later, hash_folder(note->path));
    memcpy(at, &head, sizeof head);
    memcpy(at + sizeof head, note, head.note_bytes);
    later->used_bytes += bytes;
    return true;
}

/* Takes the next note of its sort, from *at on. */
static bool take_sort(struct later *later, size_t *at, bool is_first, struct note *note) {
    struct head head;

    while (*at < later->used_bytes) {
        const unsigned char *bytes = later->room->bytes + *at;
        memcpy(&head, bytes, sizeof head);
        *at += sizeof head + head.note_bytes;
        if (head.is_first != is_first)
            continue;
        memcpy(note, bytes + sizeof head, head.note_bytes);
        note->path[head.note_bytes - NOTE_HEAD_BYTES] = '\0';
        later->taken_bytes += sizeof head + head.note_bytes;
        return true;
    }
    return false;
}

bool later_take_first(struct later *later, struct note *note) {
    return take_sort(later, &later->firsts_bytes, true, note);
}

bool later_take(struct later *later, struct note *note) {
    if (later->knows_folders)
        memset(later->room->folders, 0, sizeof later->room->folders);
    later->knows_folders = false;
    if (later_take_first(later, note) || take_sort(later, &later->others_bytes, false, note))
        return true;
    later->used_bytes = later->firsts_bytes = later->others_bytes = later->taken_bytes = 0;
    return false;
}

bool later_is_empty(const struct later *later) {
    return later->used_bytes == 0;
}
