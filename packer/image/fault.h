/* SPDX-License-Identifier: MIT */
/*
 * fault: everything that can be wrong with an image, each with a stable word for scripts and a
 * sentence for people. Pure.
 *
 * A fault either stops the reader of the model here (init/initramfs.c of Linux 6.1), or it is one that this kernel
 * bears and another does not, or does not look at: then the walk goes on, and `verify` refuses the image all the same.
 * Docker for Mac's kernels, 4.4 and 4.9, are others: where they differ, fault_effect says so.
 */
#ifndef PACKER_FAULT_H
#define PACKER_FAULT_H

#include <stdbool.h>

enum fault {
    FAULT_NONE,
    /* The kernel stops here; what came before stays. */
    FAULT_EMPTY,
    FAULT_NO_MAGIC,
    FAULT_ODC_MAGIC,
    FAULT_BROKEN_PADDING,
    FAULT_NAME_UNTERMINATED,
    FAULT_CHECKSUM,
    FAULT_JUNK,
    FAULT_JUNK_INSIDE,
    FAULT_TRUNCATED_INSIDE,
    FAULT_NO_ARCHIVE,
    FAULT_ASTRAY,
    FAULT_NOT_GZIP,
    FAULT_GZIP_DATA,
    FAULT_GZIP_TRUNCATED,
    FAULT_COMPRESSOR,
    /* Our own limits, and this machine's memory. */
    FAULT_IMAGE_TOO_LARGE,
    FAULT_TOO_LARGE,
    FAULT_TOO_MANY,
    FAULT_TOO_MANY_SEGMENTS,
    FAULT_TOO_MANY_STEPS,
    FAULT_NO_MEMORY,
    /* The kernel goes on, or some kernels do. */
    FAULT_TRUNCATED,
    FAULT_GZIP_FLAGS,
    FAULT_GZIP_CRC,
    FAULT_GZIP_LENGTH,
    FAULT_CRC_MAGIC,
    FAULT_ODD_FIELD,
    FAULT_SKIPPED_NAME,
    FAULT_SKIPPED_TARGET,
    FAULT_SKIPPED_BODY,
    FAULT_EMPTY_NAME,
    FAULT_EMPTY_TARGET,
    FAULT_LONG_TARGET,
    FAULT_LINK_EXISTS,
    FAULT_LINK_REPEATED,
    FAULT_COUNT,
};

/* True when Linux 6.1 reads nothing behind this fault. */
bool fault_stops(enum fault fault);

/* True for our own limits: the image may be good, and is refused all the same. */
bool fault_is_limit(enum fault fault);

/* Who stops at it, such as "the kernel stops" or "later kernels stop"; "fault" where nobody does. */
const char *fault_effect(enum fault fault);

/* The word in --porcelain output, such as "gzip-crc". */
const char *fault_word(enum fault fault);

/* One clause without a full stop, such as "the gzip checksum does not match". */
const char *fault_text(enum fault fault);

#endif
