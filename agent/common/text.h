/* SPDX-License-Identifier: MIT */
/*
 * text: strings for the other modules: strict numbers, bounded building, escapes.
 *
 * PURE. Nothing here allocates or writes past the given size. A `struct text_out` without room shortens its string,
 * which stays NUL-terminated, and sets `cut`.
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
bool text_same(struct text a, struct text b);

/* `text` without its first `bytes` bytes, which must exist. */
struct text text_skip(struct text text, size_t bytes);

/* Takes `prefix` off the front of *rest. False: *rest begins otherwise, and is unchanged. */
bool text_take(struct text *rest, const char *prefix);

/* Whether the path `inner` is `outer` or lies below it. Only "/" itself may end in "/". Every path lies below "/" and
 * "".
 */
bool text_is_below(struct text inner, struct text outer);

/* A space or a tab. */
static inline bool text_is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* Whether `text` is one or more of A-Z, a-z, 0-9, "_", "." and "-", and no "-" comes first. */
bool text_is_name(struct text text);

/* `text` without blanks at either end. */
struct text text_trim(struct text text);

/* Cuts `*rest` at the first `separator`. Returns the part before it, and `*rest` becomes the part after it. Without a
 * separator, returns everything, and `*rest` becomes empty with at == NULL. */
struct text text_cut(struct text *rest, char separator);

/* Reads a decimal number: one or more digits, without sign, space or prefix, at most `max`. False leaves *value alone.
 */
bool text_u64(struct text text, uint64_t max, uint64_t *value);

/* The value of a digit in any base up to 16, in either case; 16: not a digit. */
int text_digit(char c);

/* Reads seconds with up to three decimals ("2", "0.25") as milliseconds, at most `max_ms`. False leaves *value_ms
 * alone. */
bool text_seconds(struct text text, uint64_t max_ms, uint64_t *value_ms);

/* Reads the escapes of fstab(5): "\" and three octal digits are one byte, "\\" is a backslash. out[size] is
 * NUL-terminated. False, and an empty string: too long, a broken escape, or a NUL. */
bool text_unescape(struct text text, char *out, size_t size);

/* Copies to out[size], NUL-terminated. False, and an empty string: too long, or it holds a NUL. */
bool text_copy(struct text text, char *out, size_t size);

/* Adds `text` to an FNV-1a hash of 64 bits, which begins as TEXT_HASH. */
#define TEXT_HASH UINT64_C(14695981039346656037)
uint64_t text_hash(uint64_t hash, struct text text);

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

/* The length in bytes of the character at `string` if it can be shown: printable ASCII, or valid UTF-8 (RFC 3629) other
 * than a control character. 0: its first byte must be escaped. */
size_t text_visible(const char *string);

/* Appends `string`, and as \ooo each byte that cannot be shown. For outside text that goes to a terminal or a log. */
void text_put_visible(struct text_out *out, const char *string);

/* Appends `path` as macOS's exports(5) requires it: in double quotes if it holds a blank, a quote, "#" or "\", and in
 * them "\" before each double quote and each "\". */
void text_put_exports_path(struct text_out *out, const char *path);

void text_putf(struct text_out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
