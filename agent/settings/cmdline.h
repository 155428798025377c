/* SPDX-License-Identifier: MIT */
/*
 * cmdline: the kernel command line, split as the kernel splits it (lib/cmdline.c, next_arg()).
 *
 * PURE. Double quotes group, also in the middle of a word; they are taken away only where the kernel
 * takes them away: around a whole word, and around a whole value. `--` ends the kernel's part.
 */
#ifndef USERMOUNT_CMDLINE_H
#define USERMOUNT_CMDLINE_H

#include "../common/text.h"

struct cmdline {
    const char *text;
    size_t len;
    size_t at;
};

/* One parameter; `value.at` is NULL where there is no "=". `column` counts bytes from 1. Both are
 * slices of the text given. */
struct cmdline_arg {
    struct text key;
    struct text value;
    uint32_t column;
};

struct cmdline cmdline_of(const char *text, size_t len);

/* The next parameter in *arg; false at the end of the kernel's part. */
bool cmdline_next(struct cmdline *cmdline, struct cmdline_arg *arg);

/* Parameter names are equal to the kernel when they differ only in "-" and "_" (kernel/params.c). */
bool cmdline_key_is(struct text key, const char *name);

#endif
