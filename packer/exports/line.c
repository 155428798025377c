/* SPDX-License-Identifier: MIT */
#include "line.h"

#include <string.h>

/* Removes blanks and backslashes from the end of a line, in any order. A backslash continues the line. */
static size_t strip(struct text line, bool *goes_on) {
    *goes_on = false;
    for (; line.len && (text_is_blank(line.at[line.len - 1]) || line.at[line.len - 1] == '\\'); line.len--)
        *goes_on |= line.at[line.len - 1] == '\\';
    return line.len;
}

bool exports_line_next(struct exports_reader *reader) {
    size_t total = 0;
    bool goes_on = false;

    reader->number += reader->number ? reader->lines : 1;
    reader->lines = 1;
    do {
        struct text piece;

        if (!reader->rest.len) {
            reader->is_endless = goes_on;
            reader->line[total] = '\0';
            return goes_on && total;
        }
        piece = text_cut(&reader->rest, '\n');
        piece.len = strip(piece, &goes_on);
        memcpy(reader->line + total, piece.at, piece.len);
        total += piece.len;
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

/* Returns the end of a field that begins with a quote: behind the closing quote. */
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

struct text exports_field_at(const char *at) {
    const char *end;

    while (text_is_blank(*at))
        at++;
    if (*at == '\'' || *at == '"')
        return (struct text){at, (size_t)(quoted_end(at) - at)};
    for (end = at; *end && !text_is_blank(*end); end++)
        if (*end == '\\' && end[1])
            end++;
    return (struct text){at, (size_t)(end - at)};
}

bool exports_field_is_path(struct text field) {
    if (field.len && *field.at == '/')
        return true;
    return field.len > 1 && (*field.at == '\'' || *field.at == '"') && field.at[1] == '/';
}

size_t exports_field_path(struct text field, char *out) {
    char quote = *field.at == '/' ? '\0' : *field.at;
    size_t length = 0;

    for (size_t i = quote ? 1 : 0; i < field.len; i++) {
        if (field.at[i] == '\\') {
            if (++i < field.len)
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
