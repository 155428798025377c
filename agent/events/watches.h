/* SPDX-License-Identifier: MIT */
/*
 * watches: which inodes of one file system inotify watches, and for which events, from the text of /proc/PID/fdinfo/FD.
 *
 * PURE. The table is a fixed array: two processes can share its memory. Two watches of one inode become one entry with
 * both masks. If there are more inodes than fit, every inode counts as watched.
 */
#ifndef USERMOUNT_EVENTS_WATCHES_H
#define USERMOUNT_EVENTS_WATCHES_H

#include "../common/text.h"

#include <stdbool.h>
#include <stdint.h>

#define WATCHES_MAX 32768u

struct watches_entry {
    uint64_t inode;
    uint32_t mask; /* IN_* of inotify(7), of all its watches */
};

struct watches {
    uint32_t count;
    bool overflowed;
    struct watches_entry entries[WATCHES_MAX]; /* sorted by inode after watches_sort() */
};

/* Empties the table, and leaves the pages of old entries untouched. */
void watches_clear(struct watches *watches);

/* Adds the watches in `fdinfo` on `device`: the kernel's own number, major << 20 | minor (fs/notify/fdinfo.c,
 * inotify_fdinfo()). It skips malformed lines. */
void watches_add(struct watches *watches, struct text fdinfo, uint32_t device);

/* Sorts and joins the entries. watches_mask() is valid until the next watches_add(). */
void watches_sort(struct watches *watches);

/* The mask for `inode`; 0: nobody watches it. IN_ALL_EVENTS after an overflow. */
uint32_t watches_mask(const struct watches *watches, uint64_t inode);

/* The kernel's number of a st_dev, as fdinfo shows it. */
uint32_t watches_device(uint64_t st_dev);

#endif
