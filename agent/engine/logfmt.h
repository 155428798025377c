/* SPDX-License-Identifier: MIT */
/*
 * logfmt: writes and reads `key=value key="value with blanks"` lines.
 *
 * PURE. A value may hold any bytes but NUL. It escapes the unprintable ones: a value cannot end its line.
 */
#ifndef USERMOUNT_LOGFMT_H
#define USERMOUNT_LOGFMT_H

#include "../common/text.h"

/* Appends ` key=value`, without the blank at the start of a line. A value that is empty, or holds a blank, a double
 * quote, "=", "\" or a character that text_visible() does not accept, is quoted; inside quotes \" \\ \n \t and \xhh are
 * escapes. */
void logfmt_put(struct text_out *out, const char *key, const char *value);
void logfmt_put_u64(struct text_out *out, const char *key, uint64_t value);

/* Appends ` key=2017-01-01T00:00:00.000Z`, or the time alone, in UTC. `real_ms`: milliseconds since 1970. */
void logfmt_put_time(struct text_out *out, const char *key, int64_t real_ms);
void logfmt_time(int64_t real_ms, struct text_out *out);

/* Takes the next pair off the line. *key is a slice of it; the value is unescaped into value[size], and shortened to
 * fit. False: the end, or a byte that is not logfmt. */
bool logfmt_next(struct text *line, struct text *key, char *value, size_t size);

#endif
