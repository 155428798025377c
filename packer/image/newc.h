/* SPDX-License-Identifier: MIT */
/*
 * newc: decodes the header of a "newc" cpio entry by the kernel's rules, and encodes one that every kernel accepts.
 * Pure. Sources: init/initramfs.c, parse_header() and N_ALIGN;
 * Documentation/driver-api/early-userspace/buffer-format.rst.
 */
#ifndef PACKER_NEWC_H
#define PACKER_NEWC_H

#include <stdbool.h>
#include <stdint.h>

#define NEWC_HEADER_BYTES 110
#define NEWC_TRAILER "TRAILER!!!"
#define NEWC_PATH_MAX 4096 /* PATH_MAX of Linux; the host's may differ */

/* The file type bits of `mode`. POSIX does not fix the values of S_IF*. */
#define NEWC_TYPE 0170000u
#define NEWC_SOCKET 0140000u
#define NEWC_SYMLINK 0120000u
#define NEWC_REGULAR 0100000u
#define NEWC_BLOCK 0060000u
#define NEWC_DIRECTORY 0040000u
#define NEWC_CHAR 0020000u
#define NEWC_FIFO 0010000u

enum newc_magic {
    NEWC_MAGIC_NEWC, /* 070701 */
    NEWC_MAGIC_CRC,  /* 070702: only kernels since 6.0 read it */
    NEWC_MAGIC_ODC,  /* 070707: every kernel stops */
    NEWC_MAGIC_NONE, /* anything else */
};

/* The fields in the order of the header, where each has eight hexadecimal digits. */
struct newc_header {
    uint32_t inode;
    uint32_t mode;
    uint32_t uid;
    uint32_t gid;
    uint32_t links;
    uint32_t mtime_s;
    uint32_t size_bytes;
    uint32_t device_major;
    uint32_t device_minor;
    uint32_t special_major;
    uint32_t special_minor;
    uint32_t name_bytes; /* with its NUL */
    uint32_t checksum;   /* the sum of the data's bytes, for 070702 only */
};

/*
 * Decodes the NEWC_HEADER_BYTES at raw into *header. A number is parsed by the rules of the kernel's simple_strtoul():
 * a 0x prefix is skipped, and the first character that is no digit ends it. *odd says whether a field is not eight
 * hexadecimal digits. Kernels since 6.14 stop at such a field. For NEWC_MAGIC_ODC and NEWC_MAGIC_NONE all fields are 0.
 */
enum newc_magic newc_decode(const unsigned char *raw, struct newc_header *header, bool *odd);

/* Writes NEWC_HEADER_BYTES to raw, with magic 070701 and checksum 0. Adds no NUL. */
void newc_encode(const struct newc_header *header, unsigned char *raw);

/*
 * Returns the number of bytes from the end of the header to the start of the data, for a name of name_bytes with its
 * NUL. The padding behind the name makes header and name a multiple of 4 bytes.
 */
uint64_t newc_name_span(uint32_t name_bytes);

/* Returns size, rounded up to a multiple of 4. */
uint64_t newc_align(uint64_t size);

#endif
