/* SPDX-License-Identifier: MIT */
/*
 * manifest: encodes and decodes the record at the end of a packed image. Pure.
 *
 * The record is a complete newc segment of exactly MANIFEST_SEGMENT_BYTES with one file, MANIFEST_PATH. `status` reads
 * only this tail of the image. The guest finds the file in its root file system. The file consists of `key=value` lines
 * in a fixed order, and a comment that fills the rest:
 *
 *     format=1
 *     version=0.1.0
 *     arch=x86_64
 *     time=1500000000
 *     base_size=50830288
 *     base_sha256=<64 digits>
 *     payload_sha256=<64 digits>
 */
#ifndef PACKER_MANIFEST_H
#define PACKER_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#define MANIFEST_SEGMENT_BYTES 512u
#define MANIFEST_PATH "etc/usermount.pack"
#define MANIFEST_FORMAT 1u
#define MANIFEST_SHA256_BYTES 32u
#define MANIFEST_VERSION_BYTES 16u /* with NUL */
#define MANIFEST_ARCH_BYTES 8u     /* with NUL */

/* A packed image consists of base, zeros up to a multiple of 4, payload segment and manifest segment. */
struct manifest {
    unsigned int format;
    char version[MANIFEST_VERSION_BYTES]; /* of the packer: letters, digits, and . - + ~ _ */
    char arch[MANIFEST_ARCH_BYTES];       /* of the agent */
    uint64_t time_s;                      /* mtime of the packed files, at most 4294967295 */
    uint64_t base_bytes;                  /* at most 9999999999 */
    unsigned char base_sha256[MANIFEST_SHA256_BYTES];
    unsigned char payload_sha256[MANIFEST_SHA256_BYTES]; /* of the payload segment, without the zeros before it */
};

enum manifest_answer {
    MANIFEST_OK,
    MANIFEST_ABSENT,
    MANIFEST_NEWER,   /* it has a later format; only format and version are set */
    MANIFEST_DAMAGED, /* it is a manifest, but manifest_encode cannot have written it */
};

/*
 * Writes the segment to the MANIFEST_SEGMENT_BYTES at out. Ignores the field `format` and writes MANIFEST_FORMAT.
 * Returns false if another field exceeds its limit.
 */
bool manifest_encode(const struct manifest *manifest, unsigned char *out);

/* Reads the MANIFEST_SEGMENT_BYTES at tail. Accepts only bytes that manifest_encode writes. */
enum manifest_answer manifest_decode(const unsigned char *tail, struct manifest *manifest);

/* Writes 64 hexadecimal digits and a NUL to text. */
void manifest_sha256_text(const unsigned char *sha256, char *text);

#endif
