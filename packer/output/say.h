/* SPDX-License-Identifier: MIT */
/*
 * say: messages, tables and key=value lines, for people and for scripts. Edge.
 */
#ifndef PACKER_SAY_H
#define PACKER_SAY_H

#include <stdint.h>
#include <stdio.h>

#include "../host/image.h"
#include "../image/segment.h"

/* The program's exit codes. */
enum say_exit {
    SAY_DONE = 0,
    SAY_NO = 1,
    SAY_USAGE = 2,
    SAY_BAD_IMAGE = 3,
    SAY_SYSTEM = 4,
    SAY_REFUSED = 5,
};

/* "usermount-pack: unable to VERB OBJECT: reason" on standard error. Returns code. */
int say_error(int code, const char *verb, const char *object, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "usermount-pack: warning: OBJECT: text" on standard error: the work goes on. */
void say_warning(const char *object, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for an edge's failure; the code follows from the error. */
int say_image_error(const struct image_error *error);

/* The place and text of a fault: "segment 2 (gzip) at byte 50830288: the gzip checksum does not match". */
void say_fault(FILE *out, const struct segment_fault *fault);

/* text with blanks, "\", "=" and what say_plain escapes as \ooo, so that it is one word of a porcelain line. */
void say_word(FILE *out, const char *text);

/* text for a terminal: as the agent shows it, control characters and bytes that are not UTF-8 as \ooo, blanks kept. */
void say_plain(FILE *out, const char *text);

/* "48.5 MiB" for people. Valid until the fourth next call. */
const char *say_size(uint64_t bytes);

#endif
