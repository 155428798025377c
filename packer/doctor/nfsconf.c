/* SPDX-License-Identifier: MIT */
#include "nfsconf.h"

#include "../../agent/common/text.h"

#include <string.h>

struct reader {
    const char *text;
    size_t size;
    size_t at;
    uint32_t line; /* of the next byte */
};

/* A run of bytes. */
struct span {
    const char *at;
    size_t length;
};

static bool is_escaped(const char *start, const char *at) {
    size_t backslashes = 0;

    while (at > start && at[-1] == '\\') {
        at--;
        backslashes++;
    }
    return backslashes % 2 == 1;
}

/* One line of the file without comment, line feed and continuation; false at the end. */
static bool next_piece(struct reader *reader, struct span *piece, bool *goes_on, bool *is_comment) {
    const char *start = reader->text + reader->at;
    size_t left = reader->size - reader->at;
    const char *end = left ? memchr(start, '\n', left) : NULL;
    size_t length = end ? (size_t)(end - start) : left;

    if (!left)
        return false;
    reader->at += length + (end ? 1 : 0);
    reader->line++;
    *is_comment = false;
    for (size_t i = 0; i < length; i++)
        if (start[i] == '#' && !is_escaped(start, start + i)) {
            length = i;
            *is_comment = true;
            break;
        }
    *goes_on = length && start[length - 1] == '\\' && !is_escaped(start, start + length - 1);
    *piece = (struct span){start, length - (*goes_on ? 1 : 0)};
    return true;
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct span trim(struct span span) {
    while (span.length && is_space(span.at[0])) {
        span.at++;
        span.length--;
    }
    while (span.length && is_space(span.at[span.length - 1]))
        span.length--;
    return span;
}

/* strtol(3) with base 0, which holds the value within 64 bits, and of it the lower 32. */
static int64_t number_of(struct span text, bool *is_numeric) {
    bool is_negative = text.length && text.at[0] == '-';
    size_t i = text.length && (text.at[0] == '-' || text.at[0] == '+') ? 1 : 0;
    int base = 10;
    size_t first;
    int64_t value = 0;

    if (i + 2 < text.length && text.at[i] == '0' && (text.at[i + 1] == 'x' || text.at[i + 1] == 'X') &&
        text_digit(text.at[i + 2]) < 16) {
        base = 16;
        i += 2;
    } else if (i < text.length && text.at[i] == '0') {
        base = 8;
    }
    for (first = i; i < text.length && text_digit(text.at[i]) < base; i++) {
        int digit = text_digit(text.at[i]);

        value = value > (INT64_MAX - digit) / base ? INT64_MAX : value * base + digit;
    }
    *is_numeric = i > first && i == text.length;
    if (is_negative)
        value = value == INT64_MAX ? INT64_MIN : -value;
    return (int32_t)(uint32_t)value; /* nfsd keeps the lower half of strtol's result */
}

/*
 * A whole line in pieces, of which the key and its "=" are looked for. Blanks count for nothing here but as one, so
 * that what is longer than this is no setting that is looked for.
 */
struct line {
    char bytes[512];
    size_t length;
};

static void join(struct line *line, struct span piece) {
    for (size_t i = 0; i < piece.length && line->length < sizeof(line->bytes); i++) {
        char last = line->length ? line->bytes[line->length - 1] : ' ';

        if (!is_space(piece.at[i]) || (!is_space(last) && last != '='))
            line->bytes[line->length++] = piece.at[i];
    }
}

static void take(const struct line *line, const char *key, uint32_t number, struct nfsconf_value *value) {
    const char *equals = memchr(line->bytes, '=', line->length);
    size_t name_length = equals ? (size_t)(equals - line->bytes) : line->length;
    struct span name = trim((struct span){line->bytes, name_length});

    if (name.length != strlen(key) || memcmp(name.at, key, name.length) != 0)
        return;
    *value = (struct nfsconf_value){.is_set = true, .line = number, .number = 1, .is_numeric = true};
    if (equals) {
        struct span rest = {equals + 1, line->length - name_length - 1};

        value->number = number_of(trim(rest), &value->is_numeric);
    }
}

struct nfsconf_value nfsconf_get(const char *text, size_t size, const char *key) {
    struct reader reader = {.text = text, .size = size};
    struct nfsconf_value value = {0};
    struct line line;
    struct span piece;
    bool goes_on;
    bool is_comment;

    for (;;) {
        uint32_t number = 0;

        line = (struct line){.length = 0};
        do {
            if (!next_piece(&reader, &piece, &goes_on, &is_comment)) {
                take(&line, key, number, &value);
                return value;
            }
            if (line.length == 0)
                number = reader.line;
            join(&line, piece);
            /* fparseln(3) reads on behind a line that is nothing but a comment. */
        } while (goes_on || (is_comment && piece.length == 0 && line.length == 0));
        take(&line, key, number, &value);
    }
}
