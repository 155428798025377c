/* SPDX-License-Identifier: MIT */
/*
 * line: lines and fields of /etc/exports, as get_export_entry(), nextfield() and clean_pathname() of macOS'
 * nfsd take them. Pure; for exports_mac.
 */
#ifndef PACKER_EXPORTS_LINE_H
#define PACKER_EXPORTS_LINE_H

#include "../../agent/common/text.h"

struct exports_reader {
    struct text rest; /* of the file; not owned */
    char *line;       /* the line at hand, its continuations joined; size + 1 bytes, the caller's */
    uint32_t number;
    uint32_t lines;
    bool is_endless; /* the file ended where this line should go on */
};

/* The next line that is not empty; false at the end. */
bool exports_line_next(struct exports_reader *reader);

/* The first field at or behind `at`, quotes and escapes still in it; empty: there is none. */
struct text exports_field_at(const char *at);

bool exports_field_is_path(struct text field);

/* The path of such a field, without quotes, escapes and slashes at its end; out has one byte more than that. Its
 * length. */
size_t exports_field_path(struct text field, char *out);

#endif
