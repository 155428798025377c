/* SPDX-License-Identifier: MIT */
/*
 * say: prints errors, warnings and parts of reports, for people and for scripts. Edge.
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
    SAY_NO = 1, /* the answer is no */
    SAY_USAGE = 2,
    SAY_BAD_IMAGE = 3,
    SAY_SYSTEM = 4,  /* a system call failed */
    SAY_REFUSED = 5, /* it could damage something */
};

/* Prints "usermount-pack: unable to VERB OBJECT: reason" to standard error. Returns code. */
int say_error(int code, const char *verb, const char *object, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Prints "usermount-pack: warning: OBJECT: text" to standard error. The work continues. */
void say_warning(const char *object, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints an error of host/, with a hint if there is one. Returns the exit code that belongs to it. */
int say_image_error(const struct image_error *error);

/* Prints place and text of a fault: "segment 2 (gzip) at byte 50830288: the gzip checksum does not match". */
void say_fault(FILE *out, const struct segment_fault *fault);

/* Prints text as one word of a porcelain line: blanks, "\", "=" and all that say_plain escapes become \ooo. */
void say_word(FILE *out, const char *text);

/* Prints text to a terminal: control characters and bytes that are not UTF-8 become \ooo. */
void say_plain(FILE *out, const char *text);

/* Returns text such as "48.5 MiB". It is valid until the fourth call after this one. */
const char *say_size(uint64_t bytes);

#endif
