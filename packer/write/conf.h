/* SPDX-License-Identifier: MIT */
/*
 * conf: builds and checks the usermount.conf of a packed image. Pure.
 *
 * The text consists of a base, a heading and the --set lines. The base is the standard configuration or the file of
 * --config; the heading says which. A later `add` splits the text at the heading to keep the settings of this image.
 * The heading is left out if there is neither --config nor --set. The agent's own parser checks the text.
 */
#ifndef PACKER_WRITE_CONF_H
#define PACKER_WRITE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SETTINGS_SETS_MAX 64

/*
 * Joins base, of size bytes, and count settings. is_own: base is the file of --config. Each setting is a KEY=VALUE of
 * the command line, which is escaped so that the agent reads exactly VALUE; or, if is_kept, a line of an earlier text,
 * which is copied. The caller frees *text. It ends with a NUL, which *text_size does not count. Returns 0 or -ENOMEM.
 */
int settings_join(const char *base, size_t size, bool is_own, const char *const *sets, size_t count, bool is_kept,
                  char **text, size_t *text_size);

/* The parts of a joined text. */
struct settings_parts {
    size_t base_size; /* the text begins with the base */
    bool is_own;
    const char *sets[SETTINGS_SETS_MAX]; /* point into the text */
    size_t set_count;
};

/*
 * Splits a joined text of size bytes with a NUL behind it. Replaces the newline of each setting with a NUL. If
 * settings_join cannot have written the text, all of it is the base, with is_own: no line is lost.
 */
void settings_split(char *text, size_t size, struct settings_parts *parts);

/* A fault or a warning about a joined text. */
struct settings_fault {
    size_t set;         /* the number of the --set line, from 1; 0: the base */
    uint32_t line;      /* of the text, from 1; 0 if it belongs to no line */
    uint32_t column;    /* in bytes, from 1 */
    const char *reason; /* one clause, a constant */
    bool is_warning;    /* not counted as a fault; it is about the mount option `option` */
    char option[64];    /* the beginning of the option, as written */
};

/*
 * Parses a joined text with the agent's parser (usermount.conf(5)). set_count is the number of --set lines at its end.
 * Calls complain for each fault and each warning. Returns the number of faults, or -ENOMEM.
 */
int settings_check(const char *text, size_t size, size_t set_count,
                   void (*complain)(void *context, const struct settings_fault *fault), void *context);

#endif
