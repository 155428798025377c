/* SPDX-License-Identifier: MIT */
/*
 * conf: the usermount.conf that is baked in: a text and the --set lines behind it, checked by
 * the agent's own parser. Pure.
 *
 * A heading stands between the two, so that a packed image tells what was set for it alone, and whether the text before
 * is the standard one or the user's own (--config). Without either there is no heading.
 */
#ifndef PACKER_WRITE_CONF_H
#define PACKER_WRITE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SETTINGS_SETS_MAX 64

/*
 * Joins base (size bytes) and count KEY=VALUE lines, each so that the agent reads VALUE back as it is, or with
 * is_kept as lines of a joined text that stay what they were; is_own says that
 * base is not the standard one. *text is allocated, *text_size without its NUL; the caller frees. 0 or -ENOMEM.
 */
int settings_join(const char *base, size_t size, bool is_own, const char *const *sets, size_t count, bool is_kept,
                  char **text, size_t *text_size);

/* A joined text taken apart again. */
struct settings_parts {
    size_t base_size; /* the text begins with the base */
    bool is_own;
    const char *sets[SETTINGS_SETS_MAX]; /* point into the text */
    size_t set_count;
};

/*
 * Takes apart a text of size bytes, with a NUL behind, and puts NULs behind its lines. What settings_join cannot have
 * written is all of it somebody's own base, so that nothing of it is lost.
 */
void settings_split(char *text, size_t size, struct settings_parts *parts);

/* A fault in a joined text. */
struct settings_fault {
    size_t set;         /* the number of the --set line, from 1; 0: in the base */
    uint32_t line;      /* of the text, from 1; 0 when it belongs to no line */
    uint32_t column;    /* bytes, from 1 */
    const char *reason; /* a clause; a constant */
    bool is_warning;    /* no fault: it does not count, and `option` is what is meant */
    char option[64];    /* the start of it, as written */
};

/* Reads a joined text as the agent would and calls complain for each fault, and for each warning. Returns the number of
 * faults, or -ENOMEM. */
int settings_check(const char *text, size_t size, size_t set_count,
                   void (*complain)(void *context, const struct settings_fault *fault), void *context);

#endif
