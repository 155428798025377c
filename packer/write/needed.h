/* SPDX-License-Identifier: MIT */
/*
 * needed: whether `add` would change anything, told from the image's end alone: `add --if-needed`.
 */
#ifndef PACKER_WRITE_NEEDED_H
#define PACKER_WRITE_NEEDED_H

#include <stdbool.h>

#include "inputs.h"
#include "../host/image.h"
#include "packed.h"

/*
 * Looks whether the image is packed by this version with these files, and compressed or not as asked; the base is
 * taken for what the manifest says. Reads the agent for the image's architecture into the bundle. Returns the exit
 * code of a failure, else SAY_DONE and *is_needed.
 */
int needed_look(const struct image *image, const struct packed *packed, struct bundle *bundle, bool *is_needed);

#endif
