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
static bool is_new(struct later_room *room, uint64_t folder) {
    for (uint32_t i = 0; i < PROBES; i++) {
        uint64_t *place = &room->folders[(folder + i) % LATER_FOLDERS];
        if (*place == folder)
            return false;
        if (*place == 0) {
            *place = folder;
            return true;
        }
    }
    return false;
}

bool later_put(struct later *later, const struct note *note) {
    struct head head = {.note_bytes = (uint16_t)note_bytes(note)};
    unsigned char *at = later->room->bytes + later->used_bytes;

    if (sizeof head + head.note_bytes > LATER_BYTES - later->used_bytes)
        return false;
    head.is_first = is_new(later->room, hash_folder(note->path));
    memcpy(at, &head, sizeof head);
    memcpy(at + sizeof head, note, head.note_bytes);
    later->used_bytes += sizeof head + head.note_bytes;
    return true;
}

/* Takes the next note of its sort, from *at on. */
static bool take_sort(const struct later *later, size_t *at, bool is_first, struct note *note) {
    struct head head;

    while (*at < later->used_bytes) {
        const unsigned char *bytes = later->room->bytes + *at;
        memcpy(&head, bytes, sizeof head);
        *at += sizeof head + head.note_bytes;
        if (head.is_first != is_first)
            continue;
        memcpy(note, bytes + sizeof head, head.note_bytes);
        note->path[head.note_bytes - NOTE_HEAD_BYTES] = '\0';
        return true;
    }
    return false;
}

bool later_take(struct later *later, struct note *note) {
    if (take_sort(later, &later->firsts_bytes, true, note) || take_sort(later, &later->others_bytes, false, note))
        return true;
    if (!later_is_empty(later))
        memset(later->room->folders, 0, sizeof later->room->folders);
    later->used_bytes = later->firsts_bytes = later->others_bytes = 0;
    return false;
}

bool later_is_empty(const struct later *later) {
    return later->used_bytes == 0;
}
