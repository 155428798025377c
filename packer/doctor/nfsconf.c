/* SPDX-License-Identifier: MIT */
#include "nfsconf.h"

#include "../../agent/common/text.h"

#include <string.h>

static bool is_escaped(const char *start, const char *at) {
    size_t backslashes = 0;

    while (at > start && at[-1] == '\\') {
        at--;
        backslashes++;
    }
    return backslashes % 2 == 1;
}

/* Reads one line of the file, without comment, newline and continuing backslash. Returns false at the end. */
static bool next_piece(struct text *rest, struct text *piece, bool *goes_on, bool *is_comment) {
    if (!rest->len)
        return false;
    *piece = text_cut(rest, '\n');
    *is_comment = false;
    for (size_t i = 0; i < piece->len; i++)
        if (piece->at[i] == '#' && !is_escaped(piece->at, piece->at + i)) {
            piece->len = i;
            *is_comment = true;
        }
    *goes_on = piece->len && piece->at[piece->len - 1] == '\\' && !is_escaped(piece->at, piece->at + piece->len - 1);
    piece->len -= *goes_on;
    return true;
}

/* strtol(3) with base 0 and a long of 64 bits, cut to 32 bits. */
static int64_t number_of(struct text text, bool *is_numeric) {
    bool is_negative = text.len && text.at[0] == '-';
    size_t i = text.len && (text.at[0] == '-' || text.at[0] == '+') ? 1 : 0;
    int base = 10;
    size_t first;
    int64_t value = 0;

    if (i + 2 < text.len && text.at[i] == '0' && (text.at[i + 1] == 'x' || text.at[i + 1] == 'X') &&
        text_digit(text.at[i + 2]) < 16) {
        base = 16;
        i += 2;
    } else if (i < text.len && text.at[i] == '0') {
        base = 8;
    }
    for (first = i; i < text.len && text_digit(text.at[i]) < base; i++) {
        int digit = text_digit(text.at[i]);

        value = value > (INT64_MAX - digit) / base ? INT64_MAX : value * base + digit;
    }
    *is_numeric = i > first && i == text.len;
    if (is_negative)
        value = value == INT64_MAX ? INT64_MIN : -value;
    return (int32_t)(uint32_t)value; /* nfsd keeps the lower half of strtol's result */
}

/*
 * A line with its continuations. Several blanks are stored as one. A line that is longer still cannot contain one of
 * the settings that are looked up.
 */
struct line {
    char bytes[512];
    size_t length;
};

static void join(struct line *line, struct text piece) {
    for (size_t i = 0; i < piece.len && line->length < sizeof(line->bytes); i++) {
        char last = line->length ? line->bytes[line->length - 1] : ' ';
        char next = piece.at[i] >= '\t' && piece.at[i] <= '\r' ? ' ' : piece.at[i];

        if (next != ' ' || (last != ' ' && last != '='))
            line->bytes[line->length++] = next;
    }
}

static void take(const struct line *line, const char *key, uint32_t number, struct nfsconf_value *value) {
    struct text rest = {line->bytes, line->length};

    if (!text_is(text_trim(text_cut(&rest, '=')), key))
        return;
    *value = (struct nfsconf_value){.is_set = true, .line = number, .number = 1, .is_numeric = true};
    if (rest.at)
        value->number = number_of(text_trim(rest), &value->is_numeric);
}

struct nfsconf_value nfsconf_get(const char *text, size_t size, const char *key) {
    struct nfsconf_value value = {0};
    struct text rest = {text, size};
    struct text piece;
    uint32_t lines = 0;
    bool is_more = true;
    bool goes_on;
    bool is_comment;

    while (is_more) {
        struct line line = {.length = 0};
        uint32_t number = 0;

        while ((is_more = next_piece(&rest, &piece, &goes_on, &is_comment))) {
            lines++;
            if (line.length == 0)
                number = lines;
            join(&line, piece);
            /* fparseln(3) continues after a line that is only a comment. */
            if (!goes_on && !(is_comment && piece.len == 0 && line.length == 0))
                break;
        }
        take(&line, key, number, &value);
    }
    return value;
}
