/* SPDX-License-Identifier: MIT */
/*
 * settings: the usermount.conf that is baked in: a text and the --set lines behind it, checked by
 * the agent's own parser. Pure.
 */
#ifndef PACKER_SETTINGS_H
#define PACKER_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Joins base (size bytes) and count KEY=VALUE lines. *text is allocated, *text_size without its
 * NUL; the caller frees. 0 or -ENOMEM.
 */
int settings_join(const char *base, size_t size, const char *const *sets, size_t count, char **text, size_t *text_size);

/* A fault in a joined text. */
struct settings_fault {
    size_t set;         /* the number of the --set line, from 1; 0: in the base */
    uint32_t line;      /* of the text, from 1; 0 when it belongs to no line */
    uint32_t column;    /* bytes, from 1 */
    const char *reason; /* a clause; a constant */
};

/* Reads a joined text as the agent would and calls complain for each fault. Returns their number, or -ENOMEM. */
int settings_check(const char *text, size_t size, size_t set_count,
                   void (*complain)(void *context, const struct settings_fault *fault), void *context);

#endif
