/* SPDX-License-Identifier: MIT */
/*
 * folders: a list of folders, each with a NUL behind it, as one packet. PURE.
 */
#ifndef USERMOUNT_CONTAINERS_FOLDERS_H
#define USERMOUNT_CONTAINERS_FOLDERS_H

#include "../common/text.h"

#include <stddef.h>

#define CONTAINERS_FOLDERS_BYTES 16384u

/* All zeros: empty. */
struct containers_folders {
    size_t used; /* bytes */
    char bytes[CONTAINERS_FOLDERS_BYTES];
};

/* Adds a folder, unless it lies in one of the list or does not fit. Those of the list that lie in it go. */
void containers_folders_add(struct containers_folders *folders, struct text folder);

#endif
