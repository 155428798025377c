/* SPDX-License-Identifier: MIT */
/*
 * mac_edit: replaces a small file of a Mac. Edge. It writes the new text to a draft in the same folder, lets the caller
 * check it, and renames it, under the lock of lock.h. Owner, mode and attributes stay. A symbolic link stays one. The
 * file is at any moment either the old or the new one.
 */
#ifndef PACKER_MAC_EDIT_H
#define PACKER_MAC_EDIT_H

#include "mac.h"

#define MAC_BACKUPS_MAX 9

/*
 * Writes the name of a backup: "/etc/exports.before-usermount" for number 1, "/etc/exports.before-usermount.2" for 2,
 * up to MAC_BACKUPS_MAX. Returns false if it is too long.
 */
bool mac_edit_backup(const char *path, unsigned int number, char out[MAC_PATH_BYTES]);

/* Returns the first number whose name is free, or 0. An existing file belongs to the user. */
unsigned int mac_edit_free_backup(const struct mac *mac, const char *path);

struct mac_edit {
    const char *path;     /* of the Mac, such as "/etc/exports" */
    const char *old_text; /* the text that was read; NULL if there was no file */
    size_t old_size;
    const char *new_text; /* NULL: remove the file */
    size_t new_size;
    unsigned int backup; /* keep the old file as this backup, whose name must be free; 0: do not keep it */
    /* Checks the draft at path. Returns false to keep the old file. May be NULL. */
    bool (*approve)(void *context, const char *path);
    void *context;
};

/* Edits the file. Returns 0, 1 if approve returned false, or -1 and *error: ESTALE if the file is not old_text any
 * more. */
int mac_edit(const struct mac *mac, const struct mac_edit *edit, struct image_error *error);

/* Removes a backup if it equals the size bytes of text, which the file contains. Errors are ignored. */
void mac_edit_drop_backup(const struct mac *mac, const char *path, unsigned int number, const char *text, size_t size);

#endif
