/* SPDX-License-Identifier: MIT */
/*
 * options: parses a field of options of /etc/exports. Pure; for mac.c. Source: do_opt() of nfsd/mountd.c,
 * apple-oss-distributions/NFS.
 */
#ifndef PACKER_EXPORTS_OPTIONS_H
#define PACKER_EXPORTS_OPTIONS_H

#include "line.h"
#include "mac.h"

/* Copies the field to the file's memory and adds a NUL. Returns NULL if that memory is full. */
char *exports_put(struct exports_mac *file, struct text field);

/*
 * Parses a field that begins with "-". *end is the end of the field. If the next field is the value of its last option,
 * *end becomes the end of that one. A fault goes to the entry. Returns 0 or -ENOMEM.
 */
int exports_options_read(struct exports_mac *file, struct exports_entry *entry, struct text field,
                         const struct exports_world *world, const char **end);

#endif
