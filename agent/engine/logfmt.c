/* SPDX-License-Identifier: MIT */
#include "logfmt.h"

#include <string.h>

static bool is_plain(char c) {
    return (unsigned char)c > ' ' && c != '"' && c != '=' && c != '\\' && c != 0x7f;
}

/* Appends the character at *c, escaped if it must be, and returns its length. */
static size_t put_escaped(struct text_out *out, const char *c) {
    size_t len = text_visible(c);

    if (*c == '"' || *c == '\\')
        text_putf(out, "\\%c", *c);
    else if (*c == '\n')
        text_put(out, "\\n");
    else if (*c == '\t')
        text_put(out, "\\t");
    else if (len == 0)
        text_putf(out, "\\x%02x", (unsigned)(unsigned char)*c);
    else
        text_put_text(out, (struct text){c, len});
    return len > 0 ? len : 1;
}

static bool is_plain_text(const char *value) {
    bool plain = value[0] != '\0';

    for (const char *c = value; *c && plain; c += plain ? text_visible(c) : 0)
        plain = is_plain(*c) && text_visible(c) > 0;
    return plain;
}

void logfmt_put(struct text_out *out, const char *key, const char *value) {
    bool plain = is_plain_text(value);

    if (out->len > 0)
        text_put_char(out, ' ');
    text_put(out, key);
    text_put(out, plain ? "=" : "=\"");
    while (*value)
        value += put_escaped(out, value);
    if (!plain)
        text_put_char(out, '"');
}

void logfmt_put_u64(struct text_out *out, const char *key, uint64_t value) {
    if (out->len > 0)
        text_put_char(out, ' ');
    text_putf(out, "%s=%llu", key, (unsigned long long)value);
}

/* Converts days since 1970 to a date of the proleptic Gregorian calendar. Its years begin in March, which makes the
 * leap day the last one. gmtime() would use the C library's state. */
static void civil_date(int64_t days, int64_t *year, int *month, int *day) {
    const int64_t shifted = days + 719468; /* from 0000-03-01 */
    const int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const int64_t day_of_era = shifted - era * 146097;
    const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t march_month = (5 * day_of_year + 2) / 153;

    *day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
    *month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}

void logfmt_time(int64_t real_ms, struct text_out *out) {
    int64_t days = (real_ms >= 0 ? real_ms : real_ms - 86399999) / 86400000;
    int64_t in_day = real_ms - days * 86400000;
    int64_t year;
    int month, day;

    civil_date(days, &year, &month, &day);
    text_putf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)year, month, day, (int)(in_day / 3600000),
              (int)(in_day / 60000 % 60), (int)(in_day / 1000 % 60), (int)(in_day % 1000));
}

void logfmt_put_time(struct text_out *out, const char *key, int64_t real_ms) {
    char time[40];
    struct text_out made = text_out(time, sizeof time);

    logfmt_time(real_ms, &made);
    logfmt_put(out, key, time);
}

/* Takes an escape off the line, whose backslash is gone already. -1: broken. */
static int read_escape(struct text *line) {
    if (line->len == 0)
        return -1;
    char c = line->at[0];
    if (c == 'x') {
        if (line->len < 3 || text_digit(line->at[1]) > 15 || text_digit(line->at[2]) > 15)
            return -1;
        int byte = text_digit(line->at[1]) * 16 + text_digit(line->at[2]);
        *line = text_skip(*line, 3);
        return byte;
    }
    *line = text_skip(*line, 1);
    if (c == 'n')
        return '\n';
    if (c == 't')
        return '\t';
    return c == '"' || c == '\\' ? c : -1;
}

static bool read_quoted(struct text *line, struct text_out *out) {
    while (line->len > 0) {
        int c = (unsigned char)line->at[0];
        *line = text_skip(*line, 1);
        if (c == '"')
            return true;
        if (c == '\\' && (c = read_escape(line)) <= 0)
            return false;
        text_put_char(out, (char)c);
    }
    return false;
}

bool logfmt_next(struct text *line, struct text *key, char *value, size_t size) {
    struct text_out out = text_out(value, size);

    *line = text_trim(*line);
    if (line->len == 0)
        return false;
    *key = text_cut(line, '=');
    if (!line->at || key->len == 0 || memchr(key->at, ' ', key->len))
        return false;
    if (text_take(line, "\""))
        return read_quoted(line, &out);
    for (; line->len > 0 && is_plain(line->at[0]); *line = text_skip(*line, 1))
        text_put_char(&out, line->at[0]);
    return line->len == 0 || line->at[0] == ' ' || line->at[0] == '\n';
}
