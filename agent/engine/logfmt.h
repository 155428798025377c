/* SPDX-License-Identifier: MIT */
/*
 * logfmt: `key=value key="value with blanks"` lines, written and read.
 *
 * PURE. Any bytes may be a value: what is not printable is escaped, so that a line stays a line.
 */
#ifndef USERMOUNT_LOGFMT_H
#define USERMOUNT_LOGFMT_H

#include "../common/text.h"

/* Append ` key=value` (no blank at the start of a line); quoted where it is empty or holds a blank, quote, "=" or
 * "\"; inside quotes \" \\ \n \t and \xHH. UTF-8 passes where it is valid and no control (text_visible()). */
void logfmt_put(struct text_out *out, const char *key, const char *value);
void logfmt_put_u64(struct text_out *out, const char *key, uint64_t value);

/* ` key=2017-01-01T00:00:00.000Z` from milliseconds since 1970, UTC. */
void logfmt_put_time(struct text_out *out, const char *key, int64_t real_ms);
void logfmt_time(int64_t real_ms, struct text_out *out);

/* The next pair of a line: *key is a slice, the value is unescaped into value[size] (cut to fit). False at the
 * end or at the first byte that is not logfmt. */
bool logfmt_next(struct text *line, struct text *key, char *value, size_t size);

#endif
