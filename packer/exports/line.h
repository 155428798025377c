/* SPDX-License-Identifier: MIT */
/*
 * line: splits /etc/exports into lines and fields. Pure; for mac.c. Source: get_export_entry(), nextfield() and
 * clean_pathname() of nfsd/mountd.c, apple-oss-distributions/NFS.
 */
#ifndef PACKER_EXPORTS_LINE_H
#define PACKER_EXPORTS_LINE_H

#include "../../agent/common/text.h"

struct exports_reader {
    struct text rest; /* the rest of the file; not owned */
    char *line;       /* the current line with its continuations; the caller's memory, as large as the file plus 1 */
    uint32_t number;  /* of its first line, from 1 */
    uint32_t lines;   /* of the file that it consists of */
    bool is_endless;  /* the file ended, although the line ends in a backslash */
};

/* Reads the next line that is not empty. Returns false at the end. */
bool exports_line_next(struct exports_reader *reader);

/* Returns the first field at or behind `at`, with quotes and escapes. It is empty at the end of the line. */
struct text exports_field_at(const char *at);

/* True if the field begins with a slash, or with a quote and a slash. */
bool exports_field_is_path(struct text field);

/* Writes such a path to out of field.len + 1 bytes, without quotes, escapes and trailing slashes. Returns its length.
 */
size_t exports_field_path(struct text field, char *out);

#endif
