/* SPDX-License-Identifier: MIT */
/*
 * text: the small string work that every pure module needs: strict numbers, bounded building, escapes.
 *
 * PURE. Nothing here allocates, and nothing writes past the size it was given. A `struct text_out` that
 * ran out of room stays a valid, NUL-terminated, shortened string and says so in `cut`.
 */
#ifndef USERMOUNT_TEXT_H
#define USERMOUNT_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A run of bytes in somebody else's memory; not NUL-terminated. */
struct text {
    const char *at;
    size_t len;
};

struct text text_of(const char *string);
bool text_is(struct text text, const char *string);
bool text_has_prefix(struct text text, const char *prefix);

/* `text` without spaces and tabs at either end. */
struct text text_trim(struct text text);

/* Cut `*rest` at the first `separator`: the part before it is returned, `*rest` becomes what follows.
 * Without a separator everything is returned and `*rest` is empty with at == NULL. */
struct text text_cut(struct text *rest, char separator);

/* Digits only: no sign, no space, no prefix, not empty, at most `max`. False leaves *value alone. */
bool text_u64(struct text text, uint64_t max, uint64_t *value);

/* The value of a digit in any base up to 16, in either case; 16 for what is none. */
int text_digit(char c);

/* Seconds with up to three decimals ("2", "0.25") as milliseconds, at most `max_ms`. */
bool text_seconds(struct text text, uint64_t max_ms, uint64_t *value_ms);

/* fstab(5) escapes: "\" and three octal digits stand for one byte, "\\" for a backslash. The result is
 * NUL-terminated in out[size]. False: too long, a broken escape, or an escaped NUL. */
bool text_unescape(struct text text, char *out, size_t size);

/* Copy to out[size], NUL-terminated; false (and an empty string) if it does not fit or holds a NUL. */
bool text_copy(struct text text, char *out, size_t size);

/* A string under construction in buf[size], size >= 1. */
struct text_out {
    char *buf;
    size_t size;
    size_t len;
    bool cut;
};

struct text_out text_out(char *buf, size_t size);
void text_put(struct text_out *out, const char *string);
void text_put_text(struct text_out *out, struct text text);
void text_put_char(struct text_out *out, char c);

/* How many bytes the character at `string` has, when it may be shown as it is: printable ASCII, or whole and valid
 * UTF-8 (RFC 3629) that is no control character. 0: its first byte must be escaped. */
size_t text_visible(const char *string);

/* `string` with everything else as \ooo: for text that came from outside and goes to a terminal or a log. */
void text_put_visible(struct text_out *out, const char *string);

/* `path` as exports(5) of macOS has it: in double quotes where it holds a blank, a quote, "#" or "\\"; in them "\\"
 * stands before a double quote and before itself. Both programs write it so. */
void text_put_exports_path(struct text_out *out, const char *path);

void text_putf(struct text_out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
