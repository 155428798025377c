/* SPDX-License-Identifier: MIT */
/*
 * mac_edit: one small file of a Mac changed as a whole. Edge. The new text is written beside the old one, looked at by
 * the caller, and renamed over it, under the lock of image.h: owner, mode and attributes stay, a link stays a link, and
 * at any moment the file is the old or the new one.
 */
#ifndef PACKER_MAC_EDIT_H
#define PACKER_MAC_EDIT_H

#include "mac.h"

#define MAC_BACKUP ".before-usermount" /* behind the file's name */

struct mac_edit {
    const char *path;     /* the Mac's, such as "/etc/exports" */
    const char *old_text; /* what was read of it; NULL when there was no file */
    size_t old_size;
    const char *new_text; /* NULL: the file goes away */
    size_t new_size;
    bool has_backup; /* the old text is kept under the name of MAC_BACKUP */
    /* Called with the path of the new file before it takes its place; false keeps the old one. May be NULL. */
    bool (*approve)(void *context, const char *path);
    void *context;
};

/* 0; 1 when approve said no; -1 and *error, ESTALE when the file is not old_text any more. */
int mac_edit(const struct mac *mac, const struct mac_edit *edit, struct image_error *error);

/* Removes the backup when it holds the size bytes of text: then it has nothing that the file has not. */
void mac_edit_drop_backup(const struct mac *mac, const char *path, const char *text, size_t size);

#endif
