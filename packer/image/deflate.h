/* SPDX-License-Identifier: MIT */
/*
 * deflate: checks the head of one deflate block as strictly as zlib, or more. Pure. ISA-L accepts heads that zlib and
 * the kernel refuse. Sources: RFC 1951, section 3.2; lib/zlib_inflate/inflate.c and inftrees.c.
 */
#ifndef PACKER_DEFLATE_H
#define PACKER_DEFLATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Returns true if zlib accepts the head of the block that begins at `bit` of the size bytes: its type is known, and the
 * codes of a dynamic block are complete and include the end of the block. The data behind the head is not checked.
 * Returns false also for a truncated head, and for a set of a single code, which zlib accepts and compressors hardly
 * ever write. Sets *is_last if no block follows.
 */
bool deflate_head_is_sound(const unsigned char *bytes, uint64_t size, uint64_t bit, bool *is_last);

#endif
