/* SPDX-License-Identifier: MIT */
/*
 * fault: lists everything that can be wrong with an image. Each fault has a stable word for scripts and a text for
 * people. Pure.
 *
 * The model is init/initramfs.c of Linux 6.1. A fault either stops this kernel, or this kernel tolerates it and another
 * one may not. In the second case the walk continues, and `verify` still refuses the image. Docker for Mac's kernels
 * are Linux 4.4 and 4.9. Where they stop and the model does not, or the reverse, fault_effect says so.
 */
#ifndef PACKER_FAULT_H
#define PACKER_FAULT_H

#include <stdbool.h>

enum fault {
    FAULT_NONE,
    /* The kernel stops here and keeps what came before. */
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
    /* Limits of this program, and the memory of this machine. */
    FAULT_IMAGE_TOO_LARGE,
    FAULT_TOO_LARGE,
    FAULT_TOO_MANY,
    FAULT_TOO_MANY_SEGMENTS,
    FAULT_TOO_MANY_STEPS,
    FAULT_NO_MEMORY,
    /* All kernels continue, or some of them do. */
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

/* True if Linux 6.1 reads nothing behind this fault, or if the packer does not. */
bool fault_stops(enum fault fault);

/* True for a limit of this program: the image may be good. */
bool fault_is_limit(enum fault fault);

/* Returns who stops, such as "the kernel stops" or "later kernels stop", or "fault" if nobody does. */
const char *fault_effect(enum fault fault);

/* Returns the word for --porcelain, such as "gzip-crc". */
const char *fault_word(enum fault fault);

/* Returns the text: one clause without a full stop, such as "the gzip checksum does not match". */
const char *fault_text(enum fault fault);

#endif
