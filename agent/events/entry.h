/* SPDX-License-Identifier: MIT */
/*
 * entry: finds the folder and the entry of one edit, and refreshes what the guest's cache holds of them. Edge; private
 * to edit.c.
 */
#ifndef USERMOUNT_EVENTS_ENTRY_H
#define USERMOUNT_EVENTS_ENTRY_H

#include "edit.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* The work on one note. */
struct edit {
    struct edit_scene *scene;
    const struct note *note;
    const char *name; /* NULL: the mount itself */
    int folder;       /* O_PATH */
    uint64_t folder_inode;
    uint32_t folder_mask;
    int64_t began_us;        /* the drain that took the guest's earlier edits */
    bool fresh;              /* the whole mount was refreshed since the note came */
    struct own_state before; /* as the guest's cache held it; all zeros: it did not, or that is unknown */
    enum view_did did;
};

/* Opens edit->folder by the cached names, and sets edit->name. If they lead to another inode than on the Mac, or
 * nowhere and may be old, it refreshes each folder on the way. 0 or -errno; the caller closes the folder. */
int entry_find_folder(struct edit *edit);

/* Refreshes the folder, once for several edits in it. */
void entry_refresh_folder(struct edit *edit);

/* Opens the entry (O_PATH). A descriptor or -errno; -ENOENT: it is gone; -EXDEV: it is on another file system. */
int entry_open(const struct edit *edit, struct stat *status);

/* Stores the entry's state in the guest's cache in edit->before. Call it before any refresh. `doubted`: the answer must
 * not come from the server. */
void entry_look_before(struct edit *edit, bool doubted);

/* If the name was one of a file's several, refreshes the file: its link count changes, and the Mac reports no other
 * name. */
void entry_refresh_links(const struct edit *edit);

/* Whether the client still has the old entry of the name, which entry_open() returned. */
bool entry_is_old(const struct edit *edit, int entry, const struct stat *status);

#endif
