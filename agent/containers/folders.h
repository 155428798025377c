/* SPDX-License-Identifier: MIT */
/*
 * folders: a list of folders in one packet, each with a final NUL. PURE.
 */
#ifndef USERMOUNT_CONTAINERS_FOLDERS_H
#define USERMOUNT_CONTAINERS_FOLDERS_H

#include "../common/text.h"

#include <stdbool.h>
#include <stddef.h>

#define CONTAINERS_FOLDERS_BYTES 16384u

/* All zeros: empty. */
struct containers_folders {
    size_t used; /* bytes */
    char bytes[CONTAINERS_FOLDERS_BYTES];
};

/* Adds a folder, unless it lies in a listed one or does not fit. Removes the listed folders that lie in it. */
void containers_folders_add(struct containers_folders *folders, struct text folder);

/* Whether a listed folder holds `path`, or is it. */
bool containers_folders_hold(const struct containers_folders *folders, struct text path);

#endif
