/* SPDX-License-Identifier: MIT */
/*
 * brought: reads the files that are installed with the packer: agents, init script, standard configuration. Edge.
 */
#ifndef PACKER_WRITE_BROUGHT_H
#define PACKER_WRITE_BROUGHT_H

#include <stddef.h>
#include <stdint.h>

#include "../host/image.h"

#define SHARE_FILE_MAX_BYTES (16u << 20)

/*
 * Reads a file such as "usermount.conf" or "x86_64/usermount" and puts a NUL behind it. The caller frees it. The folder
 * is $USERMOUNT_SHARE if that is set, else share/usermount in the program's folder, else ../share/usermount. Returns
 * NULL and *error on failure; error->object then names the missing file.
 */
char *share_read(const char *name, size_t *size, struct image_error *error);

/*
 * Reads the standard configuration. That is ../etc/usermount.conf, relative to the program's folder, if it exists and
 * USERMOUNT_SHARE is not set: the user may edit that file, and an upgrade does not change it. Otherwise it is
 * share_read("usermount.conf"). Returns the same as share_read.
 */
char *share_config(size_t *size, struct image_error *error);

#endif
