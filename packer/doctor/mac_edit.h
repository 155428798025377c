/* SPDX-License-Identifier: MIT */
/*
 * mac_edit: one small file of a Mac changed as a whole. Edge. The new text is written beside the old one, looked at by
 * the caller, and renamed over it, under the lock of image.h: owner, mode and attributes stay, a link stays a link, and
 * at any moment the file is the old or the new one.
 */
#ifndef PACKER_MAC_EDIT_H
#define PACKER_MAC_EDIT_H

#include "mac.h"

#define MAC_BACKUPS_MAX 9

/*
 * The name of the backup of that number: "/etc/exports.before-usermount" for 1, and with ".2" behind it, and so on.
 * False: too long.
 */
bool mac_edit_backup(const char *path, unsigned int number, char out[MAC_PATH_BYTES]);

/* The first of them that is free: what is there already is the user's. 0: none. */
unsigned int mac_edit_free_backup(const struct mac *mac, const char *path);

struct mac_edit {
    const char *path;     /* the Mac's, such as "/etc/exports" */
    const char *old_text; /* what was read of it; NULL when there was no file */
    size_t old_size;
    const char *new_text; /* NULL: the file goes away */
    size_t new_size;
    unsigned int backup; /* the old text is kept under that name, which must be free; 0: it is not kept */
    /* Called with the path of the new file before it takes its place; false keeps the old one. May be NULL. */
    bool (*approve)(void *context, const char *path);
    void *context;
};

/* 0; 1 when approve said no; -1 and *error, ESTALE when the file is not old_text any more. */
int mac_edit(const struct mac *mac, const struct mac_edit *edit, struct image_error *error);

/* Removes the backup of that number when it holds the size bytes of text: then it has nothing that the file has not. */
void mac_edit_drop_backup(const struct mac *mac, const char *path, unsigned int number, const char *text, size_t size);

#endif
