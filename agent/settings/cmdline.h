/* SPDX-License-Identifier: MIT */
/*
 * cmdline: the kernel command line, split as the kernel splits it (lib/cmdline.c, next_arg()).
 *
 * PURE. Double quotes protect spaces, also in the middle of a word. They are removed only where the kernel removes
 * them: around a whole word, and around a whole value. `--` ends the kernel's part.
 */
#ifndef USERMOUNT_CMDLINE_H
#define USERMOUNT_CMDLINE_H

#include "../common/text.h"

struct cmdline {
    const char *text;
    size_t len;
    size_t at;
};

/* One parameter. `key` and `value` are slices of the text; `value.at` is NULL without a "=". `column` counts bytes from
 * 1. */
struct cmdline_arg {
    struct text key;
    struct text value;
    uint32_t column;
};

/* The reader keeps a pointer to `text`. */
struct cmdline cmdline_of(const char *text, size_t len);

/* Stores the next parameter in *arg. False: the kernel's part ends. */
bool cmdline_next(struct cmdline *cmdline, struct cmdline_arg *arg);

/* Compares names as the kernel does: "-" equals "_" (kernel/params.c). `name` is written with "_". */
bool cmdline_key_is(struct text key, const char *name);

#endif
