/* SPDX-License-Identifier: MIT */
/*
 * manifest: the record at the very end of a packed image. Pure.
 *
 * It is a whole newc segment of exactly MANIFEST_SEGMENT_BYTES that holds one file,
 * MANIFEST_PATH, so the guest can read it too, and `status` needs no more than the image's tail.
 * Its text is `key=value` lines in a fixed order, filled up with a comment:
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

/* Bytes of an image: base, zeros up to a multiple of 4, payload segment, manifest segment. */
struct manifest {
    unsigned int format;
    char version[MANIFEST_VERSION_BYTES]; /* of the packer: letters, digits, and . - + ~ _ */
    char arch[MANIFEST_ARCH_BYTES];       /* of the agent */
    uint64_t time_s;                      /* mtime of what was packed, at most 4294967295 */
    uint64_t base_bytes;                  /* at most 9999999999 */
    unsigned char base_sha256[MANIFEST_SHA256_BYTES];
    unsigned char payload_sha256[MANIFEST_SHA256_BYTES]; /* of the payload segment, without the zeros */
};

enum manifest_answer {
    MANIFEST_OK,
    MANIFEST_ABSENT,
    MANIFEST_NEWER,   /* of a later format: only format and version are set */
    MANIFEST_DAMAGED, /* it is one, but not as any packer wrote it */
};

/*
 * Writes the segment to out, MANIFEST_SEGMENT_BYTES of it. False: a field is over its limit.
 * format is written as MANIFEST_FORMAT whatever the field says.
 */
bool manifest_encode(const struct manifest *manifest, unsigned char *out);

/* Reads the MANIFEST_SEGMENT_BYTES at tail. Accepts nothing but what manifest_encode writes. */
enum manifest_answer manifest_decode(const unsigned char *tail, struct manifest *manifest);

/* 64 hexadecimal digits and a NUL to text. */
void manifest_sha256_text(const unsigned char *sha256, char *text);

#endif
