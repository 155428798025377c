/* SPDX-License-Identifier: MIT */
#include "fsevent.h"

/* The first matching row counts. Rows that affect more paths come first. */
enum fsevent_kind fsevent_kind(uint32_t flags) {
    static const struct {
        uint32_t flags;
        enum fsevent_kind kind;
    } rows[] = {
        {FSEVENT_ROOT_CHANGED, FSEVENT_NEW_ROOT},
        {FSEVENT_IDS_WRAPPED | FSEVENT_USER_DROPPED | FSEVENT_KERNEL_DROPPED, FSEVENT_ALL},
        {FSEVENT_MUST_SCAN_SUB_DIRS, FSEVENT_BELOW},
        {FSEVENT_HISTORY_DONE, FSEVENT_NOTHING},
    };

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (flags & rows[i].flags)
            return rows[i].kind;
    return FSEVENT_EDIT;
}

bool fsevent_is_folder(uint32_t flags) {
    return flags & FSEVENT_ITEM_IS_DIR;
}
