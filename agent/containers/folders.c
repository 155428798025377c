/* SPDX-License-Identifier: MIT */
#include "folders.h"

#include <string.h>

void containers_folders_add(struct containers_folders *folders, struct text folder) {
    struct text rest = {folders->bytes, folders->used};
    size_t kept = 0;

    while (rest.len > 0) {
        struct text one = text_cut(&rest, '\0');
        if (text_is_below(folder, one))
            return; /* no earlier one lies in `folder`: it would lie in this one too */
        if (text_is_below(one, folder))
            continue;
        memmove(folders->bytes + kept, one.at, one.len + 1);
        kept += one.len + 1;
    }
    folders->used = kept;
    if (folder.len + 1 > CONTAINERS_FOLDERS_BYTES - kept)
        return;
    memcpy(folders->bytes + kept, folder.at, folder.len);
    folders->bytes[kept + folder.len] = '\0';
    folders->used += folder.len + 1;
}

bool containers_folders_hold(const struct containers_folders *folders, struct text path) {
    struct text rest = {folders->bytes, folders->used};

    while (rest.len > 0)
        if (text_is_below(path, text_cut(&rest, '\0')))
            return true;
    return false;
}
