/* SPDX-License-Identifier: MIT */
/*
 * kept: what a packed image was packed with, which `add` keeps where nothing else is given. Prints its own errors.
 */
#ifndef PACKER_WRITE_KEPT_H
#define PACKER_WRITE_KEPT_H

#include <stdbool.h>
#include <stddef.h>

#include "../host/image.h"
#include "packed.h"

struct kept {
    char *config; /* its usermount.conf with a NUL behind; owned; NULL when the image is not packed, or it is unreadable
                   */
    size_t config_bytes;
    bool is_gzip; /* what was added is compressed */
};

/* Reads it from the end of the image; the caller frees kept->config. The exit code: only memory can fail. */
int kept_read(const struct image *image, const struct packed *packed, struct kept *kept);

#endif
