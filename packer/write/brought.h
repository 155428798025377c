/* SPDX-License-Identifier: MIT */
/*
 * brought: the files that the packer brings along, in a folder beside the program. Edge.
 */
#ifndef PACKER_WRITE_BROUGHT_H
#define PACKER_WRITE_BROUGHT_H

#include <stddef.h>
#include <stdint.h>

#include "../host/image.h"

#define SHARE_FILE_MAX_BYTES (16u << 20)

/*
 * A file of the folder, such as "usermount.conf" or "x86_64/usermount", in memory; the caller
 * frees. The folder is the first that exists of: the environment's USERMOUNT_SHARE,
 * share/usermount beside the program, ../share/usermount beside it. NULL and *error; ENOENT names
 * the file that is missing.
 */
char *share_read(const char *name, size_t *size, struct image_error *error);

/*
 * The standard configuration: ../etc/usermount.conf beside the program where there is one (the user's own, which an
 * upgrade leaves alone), unless USERMOUNT_SHARE is set; else "usermount.conf" of the folder. As share_read.
 */
char *share_config(size_t *size, struct image_error *error);

#endif
