/* SPDX-License-Identifier: MIT */
/*
 * fsevent: the meaning of an FSEvents event's flags. PURE, and compiled on every system.
 *
 * Source: FSEvents.h of Apple's CoreServices. The item flags (created, modified, renamed, changed owner) accumulate
 * over time, so only one of them is used: whether the path is a folder.
 */
#ifndef PACKER_EVENTS_FSEVENT_H
#define PACKER_EVENTS_FSEVENT_H

#include <stdbool.h>
#include <stdint.h>

enum fsevent_flag {
    FSEVENT_MUST_SCAN_SUB_DIRS = 0x1,
    FSEVENT_USER_DROPPED = 0x2,
    FSEVENT_KERNEL_DROPPED = 0x4,
    FSEVENT_IDS_WRAPPED = 0x8,
    FSEVENT_HISTORY_DONE = 0x10,
    FSEVENT_ROOT_CHANGED = 0x20,
    FSEVENT_ITEM_IS_DIR = 0x20000,
};

enum fsevent_kind {
    FSEVENT_NOTHING,
    FSEVENT_EDIT,     /* the event's path changed */
    FSEVENT_BELOW,    /* anything at or below the event's path may have changed */
    FSEVENT_ALL,      /* anything below the watched folder may have changed; ignore the path */
    FSEVENT_NEW_ROOT, /* the watched folder or one above it was moved, removed or made */
};

enum fsevent_kind fsevent_kind(uint32_t flags);
bool fsevent_is_folder(uint32_t flags);

#endif
