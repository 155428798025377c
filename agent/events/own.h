/* SPDX-License-Identifier: MIT */
/*
 * own: separates the guest's own edits, which the Mac reports too, from the Mac's. Edge.
 *
 * inotify reports the guest's edits at once, and the client's cache then holds the result. This module therefore
 * watches every folder that somebody watches, and remembers the result of each edit. A record with the same result is
 * the guest's own: the edit raised its events when it was made.
 *
 * Only certain knowledge holds an event back. A forgotten edit costs one event too many, never one too few. If the
 * guest and the Mac edit a file within the same few milliseconds, the watchers get the guest's event alone.
 */
#ifndef USERMOUNT_EVENTS_OWN_H
#define USERMOUNT_EVENTS_OWN_H

#include "../mount/walk.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#define OWN_FOLDERS_MAX 256u
#define OWN_EDITS_MAX 1024u

/* The state of a name; all zeros: it does not exist. */
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
    int64_t seen_us;          /* when own_drain() took the last event */
    int64_t writing_until_us; /* open for writing: changes until then are the guest's */
    struct own_state state;
};

struct own {
    int inotify;
    const struct walk_mount *mount;
    uint32_t next_folder; /* the place that the next folder takes */
    uint32_t next_edit;
    struct own_folder folders[OWN_FOLDERS_MAX];
    struct own_edit edits[OWN_EDITS_MAX];
};

enum own_answer {
    OWN_NO,
    OWN_YES,
    OWN_UNKNOWN, /* the folder was not watched until now */
    OWN_MAYBE,   /* the guest edited the name within the last second, with another result: it may be editing again, and
                  * the event may follow */
};

/* Makes mount->links the working directory, since inotify takes names only. 0 or -errno. */
int own_open(struct own *own, const struct walk_mount *mount);

/* Takes the guest's edits since the last call. Call it before any refresh, which changes the cache. */
void own_drain(struct own *own, int64_t now_us);

/* Watches `folder` (O_PATH) from now on. If the table is full, it drops the oldest folder. */
void own_listen(struct own *own, int folder, uint64_t inode);

/* Whether own_listen() watches the folder. */
bool own_listens(const struct own *own, uint64_t folder_inode);

/* Whether the guest itself brought `name` in the folder into the state `now`, or edited it after `since_us`, the time
 * of a drain. The Mac reports such an edit too, but later. */
enum own_answer own_ask(const struct own *own, uint64_t folder_inode, const char *name, const struct own_state *now,
                        int64_t since_us);

/* The state in `status`. */
struct own_state own_state_of(const struct stat *status);

bool own_same(const struct own_state *one, const struct own_state *other);

/* Calls `each` for every watched folder. */
void own_each(const struct own *own, void (*each)(void *ctx, int folder), void *ctx);

#endif
