/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* major(), minor(), qsort() */
#include "watches.h"

#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/sysmacros.h>

void watches_clear(struct watches *watches) {
    watches->count = 0;
    watches->overflowed = false;
}

/* Reads "KEY:HEX", without a prefix, as the kernel prints it. */
static bool read_field(struct text word, const char *key, uint64_t *value) {
    struct text rest = word;

    if (!text_is(text_cut(&rest, ':'), key) || rest.len == 0 || rest.len > 16)
        return false;
    *value = 0;
    for (size_t i = 0; i < rest.len; i++) {
        int next = text_digit(rest.at[i]);
        if (next > 15)
            return false;
        *value = *value << 4 | (uint64_t)next;
    }
    return true;
}

/* "inotify wd:1 ino:5e3 sdev:2d mask:3c6 ignored_mask:0 …" */
static bool read_line(struct text line, struct watches_entry *entry, uint64_t *device) {
    uint64_t mask, number;

    if (!text_is(text_cut(&line, ' '), "inotify") || !read_field(text_cut(&line, ' '), "wd", &number) ||
        !read_field(text_cut(&line, ' '), "ino", &entry->inode) || !read_field(text_cut(&line, ' '), "sdev", device) ||
        !read_field(text_cut(&line, ' '), "mask", &mask) || mask > UINT32_MAX)
        return false;
    entry->mask = (uint32_t)mask;
    return true;
}

void watches_add(struct watches *watches, struct text fdinfo, uint32_t device) {
    struct watches_entry entry;
    uint64_t found;

    while (fdinfo.len > 0) {
        if (!read_line(text_cut(&fdinfo, '\n'), &entry, &found) || found != device)
            continue;
        if (watches->count == WATCHES_MAX) {
            watches->overflowed = true;
            return;
        }
        watches->entries[watches->count++] = entry;
    }
}

static int compare(const void *a, const void *b) {
    uint64_t one = ((const struct watches_entry *)a)->inode, other = ((const struct watches_entry *)b)->inode;

    return (one > other) - (one < other);
}

void watches_sort(struct watches *watches) {
    uint32_t kept = 0;

    qsort(watches->entries, watches->count, sizeof watches->entries[0], compare);
    for (uint32_t i = 0; i < watches->count; i++) {
        if (kept > 0 && watches->entries[kept - 1].inode == watches->entries[i].inode)
            watches->entries[kept - 1].mask |= watches->entries[i].mask;
        else
            watches->entries[kept++] = watches->entries[i];
    }
    watches->count = kept;
}

uint32_t watches_mask(const struct watches *watches, uint64_t inode) {
    const struct watches_entry key = {.inode = inode};

    if (watches->overflowed)
        return IN_ALL_EVENTS;
    const struct watches_entry *found =
        bsearch(&key, watches->entries, watches->count, sizeof watches->entries[0], compare);
    return found ? found->mask : 0;
}

uint32_t watches_device(uint64_t st_dev) {
    return (uint32_t)(major(st_dev) << 20 | minor(st_dev));
}
