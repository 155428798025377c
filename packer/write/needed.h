/* SPDX-License-Identifier: MIT */
/*
 * needed: tells from the end of the image whether `add` would change it, for `add --if-needed`. Prints its own errors.
 */
#ifndef PACKER_WRITE_NEEDED_H
#define PACKER_WRITE_NEEDED_H

#include <stdbool.h>

#include "inputs.h"
#include "../host/image.h"
#include "packed.h"

/*
 * Sets *is_needed to false if this version packed the image with the same files, time and compression. The base is not
 * read: its hash is not compared. Reads the agent for the image's architecture into the bundle. Returns SAY_DONE, or
 * the exit code of bundle_choose_agent.
 */
int needed_look(const struct image *image, const struct packed *packed, struct bundle *bundle, bool *is_needed);

#endif
