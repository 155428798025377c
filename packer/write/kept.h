/* SPDX-License-Identifier: MIT */
/*
 * kept: reads the settings and the compression of a packed image, for `add` to keep. Prints its own errors.
 */
#ifndef PACKER_WRITE_KEPT_H
#define PACKER_WRITE_KEPT_H

#include <stdbool.h>
#include <stddef.h>

#include "../host/image.h"
#include "packed.h"

struct kept {
    char *config;        /* usermount.conf with a NUL behind it; owned; NULL if not packed, or if damaged */
    size_t config_bytes; /* without the NUL */
    bool is_gzip;        /* the payload is compressed */
};

/* Reads the payload of image. The caller frees kept->config. Returns SAY_DONE, or SAY_SYSTEM without memory. */
int kept_read(const struct image *image, const struct packed *packed, struct kept *kept);

#endif
