/* SPDX-License-Identifier: MIT */
/*
 * options: a field of options of /etc/exports, as do_opt() of macOS' nfsd takes it, and single words. Pure; for
 * exports_mac.
 */
#ifndef PACKER_EXPORTS_OPTIONS_H
#define PACKER_EXPORTS_OPTIONS_H

#include "line.h"
#include "mac.h"

/* A copy of the field in the file's own memory, or NULL when that is full. */
char *exports_put(struct exports_mac *file, struct text field);

/*
 * Reads a field that begins with "-". *end is where it ends, and becomes the end of the next field when that was the
 * value of the last option. What is wrong is in the entry. 0 or -ENOMEM.
 */
int exports_options_read(struct exports_mac *file, struct exports_entry *entry, struct text field,
                         const struct exports_world *world, const char **end);

#endif
