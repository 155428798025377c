/* SPDX-License-Identifier: MIT */
/*
 * sniff: computes size, checksum and architecture of a file, and searches it for a text, in one pass. Pure.
 */
#ifndef PACKER_IMAGE_SNIFF_H
#define PACKER_IMAGE_SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTENT_HEAD_BYTES 20 /* of an ELF header, up to and including e_machine */
#define CONTENT_NEEDLE_BYTES 32

/* Values of e_machine. Source: the System V gABI, chapter 4. */
#define CONTENT_MACHINE_X86_64 62
#define CONTENT_MACHINE_AARCH64 183

struct content {
    uint64_t size_bytes;
    uint32_t crc32; /* 0 unless with_crc */
    bool with_crc;
    bool found; /* the data contains the needle */
    const char *needle;
    size_t tail_bytes;
    unsigned char head[CONTENT_HEAD_BYTES];
    unsigned char tail[CONTENT_NEEDLE_BYTES]; /* the last bytes so far: the needle may span two pieces */
};

/* Starts a new file. needle is the text to search for, shorter than CONTENT_NEEDLE_BYTES, or NULL. It is not copied. */
void content_start(struct content *content, bool with_crc, const char *needle);

/* Reads the next size bytes. */
void content_feed(struct content *content, const unsigned char *bytes, size_t size);

/* Returns e_machine, or 0 if the file is not an ELF file. */
uint16_t content_machine(const struct content *content);

/* Returns the name of an architecture, such as "x86_64" or "aarch64", or NULL if it is unknown. */
const char *content_machine_name(uint16_t machine);

#endif
