/* SPDX-License-Identifier: MIT */
/*
 * line: lines and fields of /etc/exports, as get_export_entry(), nextfield() and clean_pathname() of macOS'
 * nfsd take them. Pure; for exports_mac.
 */
#ifndef PACKER_EXPORTS_LINE_H
#define PACKER_EXPORTS_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct exports_reader {
    const char *text; /* not owned */
    size_t size;
    size_t at;
    char *line; /* the line at hand, its continuations joined; size + 1 bytes, the caller's */
    uint32_t number;
    uint32_t lines;
    bool is_endless; /* the file ended where this line should go on */
};

/* The next line that is not empty; false at the end. */
bool exports_line_next(struct exports_reader *reader);

/* A run of bytes of the line. */
struct exports_field {
    const char *at;
    size_t length; /* 0: there is none */
};

/* The first field at or behind `at`, quotes and escapes still in it. */
struct exports_field exports_field_at(const char *at);

bool exports_field_is_path(struct exports_field field);

/* The path of such a field, without quotes, escapes and slashes at its end; out has length + 1 bytes. Its length. */
size_t exports_field_path(struct exports_field field, char *out);

#endif
