/* SPDX-License-Identifier: MIT */
/*
 * config_keys: the table of keys behind config.h: each key's type, its field in struct config and its limits.
 *
 * PURE; private to config*.c.
 */
#ifndef USERMOUNT_CONFIG_KEYS_H
#define USERMOUNT_CONFIG_KEYS_H

#include "config.h"

enum config_type { TYPE_MOUNT, TYPE_SERVER, TYPE_OPTIONS, TYPE_SECONDS, TYPE_PORT, TYPE_CHOICE };

struct config_key_row {
    struct config_key_info info;
    enum config_type type;
    size_t offset;              /* of the field in struct config */
    uint32_t min_ms, max_ms;    /* TYPE_SECONDS, both inclusive */
    const char *const *choices; /* TYPE_CHOICE: the value is an index; NULL ends the list */
};

extern const struct config_key_row config_rows[CONFIG_KEYS];

#endif
