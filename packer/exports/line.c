/* SPDX-License-Identifier: MIT */
#include "line.h"

#include <string.h>

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* Blanks, line feed and backslashes at the end of a line go, in any order; one backslash among them continues it. */
static size_t strip(const char *line, size_t length, bool *goes_on) {
    *goes_on = false;
    while (length && (is_blank(line[length - 1]) || line[length - 1] == '\n' || line[length - 1] == '\\')) {
        if (line[length - 1] == '\\')
            *goes_on = true;
        length--;
    }
    return length;
}

bool exports_line_next(struct exports_reader *reader) {
    size_t total = 0;
    bool goes_on = false;

    reader->number += reader->number ? reader->lines : 1;
    reader->lines = 1;
    do {
        const char *start = reader->text + reader->at;
        size_t left = reader->size - reader->at;
        const char *end = left ? memchr(start, '\n', left) : NULL;
        size_t raw = end ? (size_t)(end - start) + 1 : left;
        size_t length;

        if (!left) {
            reader->is_endless = goes_on;
            reader->line[total] = '\0';
            return goes_on && total;
        }
        length = strip(start, raw, &goes_on);
        memcpy(reader->line + total, start, length);
        total += length;
        reader->at += raw;
        if (goes_on)
            reader->lines++;
        else if (total == 0) {
            reader->number += reader->lines;
            reader->lines = 1;
        }
    } while (total == 0 || goes_on);
    reader->line[total] = '\0';
    return true;
}

/* The end of a field that begins with a quote: behind the next such quote. */
static const char *quoted_end(const char *at) {
    char quote = *at++;

    for (; *at; at++) {
        if (*at == '\\' && at[1])
            at++;
        else if (*at == quote)
            return at + 1;
    }
    return at;
}

struct exports_field exports_field_at(const char *at) {
    const char *end;

    while (is_blank(*at))
        at++;
    if (*at == '\'' || *at == '"')
        return (struct exports_field){at, (size_t)(quoted_end(at) - at)};
    for (end = at; *end && !is_blank(*end); end++)
        if (*end == '\\' && end[1])
            end++;
    return (struct exports_field){at, (size_t)(end - at)};
}

bool exports_field_is_path(struct exports_field field) {
    if (field.length && *field.at == '/')
        return true;
    return field.length > 1 && (*field.at == '\'' || *field.at == '"') && field.at[1] == '/';
}

size_t exports_field_path(struct exports_field field, char *out) {
    char quote = *field.at == '/' ? '\0' : *field.at;
    size_t length = 0;

    for (size_t i = quote ? 1 : 0; i < field.length; i++) {
        if (field.at[i] == '\\') {
            if (++i < field.length)
                out[length++] = field.at[i];
        } else if (quote && field.at[i] == quote) {
            break;
        } else {
            out[length++] = field.at[i];
        }
    }
    while (length > 1 && out[length - 1] == '/')
        length--;
    out[length] = '\0';
    return length;
}
