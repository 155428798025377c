/* SPDX-License-Identifier: MIT */
/*
 * watches: which inodes of one file system inotify watches, and for what, from the text of /proc/PID/fdinfo/FD.
 *
 * PURE. The table is a fixed array, so that it can lie in memory that two processes share. Two watches of one inode
 * become one entry with both masks. More inodes than fit are not forgotten: then every inode counts as watched.
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

/* Empty, without touching the pages of old entries. */
void watches_clear(struct watches *watches);

/* Adds the watches in `fdinfo` that lie on `device`: the kernel's own number, major << 20 | minor
 * (fs/notify/fdinfo.c, inotify_fdinfo()). Lines that are none are passed over. */
void watches_add(struct watches *watches, struct text fdinfo, uint32_t device);

/* Sorts and joins; watches_mask() works from here on, until the next watches_add(). */
void watches_sort(struct watches *watches);

/* The mask for `inode`, 0 where nobody watches it; all of IN_ALL_EVENTS after an overflow. */
uint32_t watches_mask(const struct watches *watches, uint64_t inode);

/* The kernel's number of a st_dev, as fdinfo shows it. */
uint32_t watches_device(uint64_t st_dev);

#endif
