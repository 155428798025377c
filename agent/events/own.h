/* SPDX-License-Identifier: MIT */
/*
 * own: tells the guest's own edits, which the Mac tells of as well, from the Mac's. Edge.
 *
 * What the guest does to a file, inotify tells at once, and the client's cache then holds the result. So the folders
 * that somebody watches are watched here too, each edit's result is remembered, and a record that finds just that is
 * the guest's own: it raised its events when it was made.
 *
 * Only what is known to be the guest's is held back. A forgotten edit costs an event too many, never one too few.
 */
#ifndef USERMOUNT_EVENTS_OWN_H
#define USERMOUNT_EVENTS_OWN_H

#include "walk.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#define OWN_FOLDERS_MAX 256u
#define OWN_EDITS_MAX 1024u

/* What a name stands for; all zero: nothing. */
struct own_state {
    uint64_t inode;
    uint64_t size_bytes;
    int64_t mtime_ns;
    uint32_t mode;
};

struct own_folder {
    int wd; /* of inotify */
    int fd; /* O_PATH; -1: a free place */
    uint64_t inode;
};

struct own_edit {
    uint64_t folder_inode;
    uint64_t name_hash;
    int64_t writing_until_us; /* changed, and not closed yet: what comes of it till then is the guest's */
    struct own_state state;
};

struct own {
    int inotify;
    const struct walk_mount *mount;
    uint32_t next_folder; /* the place that is taken when none is free */
    uint32_t next_edit;
    struct own_folder folders[OWN_FOLDERS_MAX];
    struct own_edit edits[OWN_EDITS_MAX];
};

enum own_answer {
    OWN_NO,
    OWN_YES,
    OWN_UNKNOWN, /* the folder was not listened to until now */
};

/* The working directory becomes mount->links: inotify takes names only. 0 or -errno. */
int own_open(struct own *own, const struct walk_mount *mount);

/* Reads what the guest did since. Call it before anything is refreshed, as a refresh changes what the cache holds. */
void own_drain(struct own *own, int64_t now_us);

/* Listens to `folder` (O_PATH) from now on; the oldest one makes room. */
void own_listen(struct own *own, int folder, uint64_t inode);

/* Whether the folder is listened to. */
bool own_listens(const struct own *own, uint64_t folder_inode);

/* Whether the guest itself made `name` in the folder what it is: `now`. */
enum own_answer own_ask(const struct own *own, uint64_t folder_inode, const char *name, const struct own_state *now,
                        int64_t now_us);

/* The state that `status` tells. */
struct own_state own_state_of(const struct stat *status);

bool own_same(const struct own_state *one, const struct own_state *other);

/* Calls `each` for every folder that is listened to. */
void own_each(const struct own *own, void (*each)(void *ctx, int folder), void *ctx);

#endif
