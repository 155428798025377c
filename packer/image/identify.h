/* SPDX-License-Identifier: MIT */
/*
 * identify: names a file that is not an initramfs, for messages. Pure. Source: magic(5).
 */
#ifndef PACKER_IDENTIFY_H
#define PACKER_IDENTIFY_H

#include <stdint.h>

/*
 * Returns the type of size bytes with an article, such as "an ISO 9660 image": a constant. Returns NULL for gzip data,
 * for a newc archive and for unknown data.
 */
const char *identify(const unsigned char *bytes, uint64_t size);

#endif
