/* SPDX-License-Identifier: MIT */
/*
 * settings: the usermount.conf that is baked in: a text and the --set lines behind it, checked by
 * the agent's own parser. Pure.
 */
#ifndef PACKER_SETTINGS_H
#define PACKER_SETTINGS_H

#include <stddef.h>

/*
 * Joins base (size bytes) and count KEY=VALUE lines. *text is allocated, *text_size without its
 * NUL; the caller frees. 0 or -ENOMEM.
 */
int settings_join(const char *base, size_t size, const char *const *sets, size_t count, char **text, size_t *text_size);

/*
 * Reads a joined text as the agent would. For each fault complain is called: `set` is the number
 * of the --set line at fault, from 1, or 0 for the base, whose line and column are in the text
 * "line N: unable to use ...". Returns the number of faults, or -ENOMEM.
 */
int settings_check(const char *text, size_t size, size_t set_count,
                   void (*complain)(void *context, size_t set, const char *text), void *context);

#endif
