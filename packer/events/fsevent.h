/* SPDX-License-Identifier: MIT */
/*
 * fsevent: what FSEvents' flags of one event mean for the watcher. PURE, and compiled on every system.
 *
 * Source: FSEvents.h of Apple's CoreServices. The flags of items (created, modified, renamed, changed owner) are those
 * of all that has happened to a path for some time, so nothing is concluded from them but whether it is a folder.
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
    FSEVENT_EDIT,     /* of the event's path */
    FSEVENT_BELOW,    /* anything at or below the event's path */
    FSEVENT_ALL,      /* anything in what is watched: the path says nothing */
    FSEVENT_NEW_ROOT, /* the folder that is watched, or one above it, was moved, removed or made */
};

enum fsevent_kind fsevent_kind(uint32_t flags);
bool fsevent_is_folder(uint32_t flags);

#endif
