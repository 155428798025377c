/* SPDX-License-Identifier: MIT */
/*
 * newc: the header of one entry of a "newc" cpio archive, decoded as the kernel decodes it and
 * encoded as every kernel accepts it. Pure. Source: init/initramfs.c, parse_header() and N_ALIGN;
 * Documentation/driver-api/early-userspace/buffer-format.rst.
 */
#ifndef PACKER_NEWC_H
#define PACKER_NEWC_H

#include <stdint.h>

#define NEWC_HEADER_BYTES 110
#define NEWC_TRAILER "TRAILER!!!"
#define NEWC_PATH_MAX 4096 /* the kernel's PATH_MAX, whatever this system's is */

/* The file type bits of `mode`; the host's own S_IF* are not used, as POSIX does not fix them. */
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
    NEWC_MAGIC_NONE,
};

/* Eight hexadecimal digits each, so 32 bits; in the order they have in the header. */
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
    uint32_t checksum;   /* sum of the data's bytes, 070702 only */
};

/*
 * Decodes the NEWC_HEADER_BYTES at raw into *header. The values are what the kernel takes them for
 * (simple_strtoul: a 0x prefix is skipped, the first other character ends the number). *odd_field
 * becomes the index of the first field that is not eight hexadecimal digits, or -1: kernels since
 * 6.14 stop at such a field. For NEWC_MAGIC_ODC and NEWC_MAGIC_NONE nothing is decoded.
 */
enum newc_magic newc_decode(const unsigned char *raw, struct newc_header *header, int *odd_field);

/* The header's own word for field number `index` of newc_decode's *odd_field, such as "namesize". */
const char *newc_field_name(int index);

/* Writes *header as NEWC_HEADER_BYTES at raw, magic 070701, checksum zero. No NUL is added. */
void newc_encode(const struct newc_header *header, unsigned char *raw);

/*
 * The bytes from the end of the header to the start of the data: a name of name_bytes (its NUL
 * counted) and the padding that makes header and name together a multiple of four.
 */
uint64_t newc_name_span(uint32_t name_bytes);

/* size rounded up to a multiple of four. */
uint64_t newc_align(uint64_t size);

#endif
