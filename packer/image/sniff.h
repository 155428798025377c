/* SPDX-License-Identifier: MIT */
/*
 * sniff: what is worth knowing of a file's data while it streams by once. Pure.
 */
#ifndef PACKER_IMAGE_SNIFF_H
#define PACKER_IMAGE_SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTENT_HEAD_BYTES 20 /* up to and with e_machine of an ELF header */
#define CONTENT_NEEDLE_BYTES 32

/* ELF e_machine values that matter here (gABI, chapter 4); 0 stands for "no ELF file". */
#define CONTENT_MACHINE_X86_64 62
#define CONTENT_MACHINE_AARCH64 183

struct content {
    uint64_t size_bytes;
    uint32_t crc32; /* of the whole data when content_start was told so, else 0 */
    bool with_crc;
    bool found; /* the needle occurs */
    const char *needle;
    size_t tail_bytes;
    unsigned char head[CONTENT_HEAD_BYTES];
    unsigned char tail[CONTENT_NEEDLE_BYTES]; /* the last bytes so far: a needle may lie across two pieces */
};

/* Starts anew. needle, shorter than CONTENT_NEEDLE_BYTES, is searched for when not NULL. */
void content_start(struct content *content, bool with_crc, const char *needle);

/* The next size bytes. */
void content_feed(struct content *content, const unsigned char *bytes, size_t size);

/* e_machine of the ELF file that the data is, or 0. */
uint16_t content_machine(const struct content *content);

/* "x86_64", "aarch64", or another architecture's usual name; NULL for 0 and for those not known. */
const char *content_machine_name(uint16_t machine);

#endif
