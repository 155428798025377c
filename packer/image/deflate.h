/* SPDX-License-Identifier: MIT */
/*
 * deflate: the head of one block of compressed data, looked at more strictly than zlib does. Pure. For a decoder that
 * is faster than zlib and lets pass what zlib refuses. Source: RFC 1951, 3.2; lib/zlib_inflate/inflate.c and
 * inftrees.c.
 */
#ifndef PACKER_DEFLATE_H
#define PACKER_DEFLATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether the head of the block that begins at that bit of the size bytes is one which zlib takes: of a known kind and,
 * where it brings its own codes, these are complete and one of them ends the block. True says nothing of the data
 * behind it. False for a head that is cut short, and for a few that zlib takes and no usual packer makes: a set of one
 * code. *is_last: no block follows it.
 */
bool deflate_head_is_sound(const unsigned char *bytes, uint64_t size, uint64_t bit, bool *is_last);

#endif
