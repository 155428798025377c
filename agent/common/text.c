/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdio.h>
#include <string.h>

struct text text_of(const char *string) {
    return (struct text){string, strlen(string)};
}

bool text_is(struct text text, const char *string) {
    return strlen(string) == text.len && memcmp(text.at, string, text.len) == 0;
}

bool text_has_prefix(struct text text, const char *prefix) {
    size_t len = strlen(prefix);

    return text.len >= len && memcmp(text.at, prefix, len) == 0;
}

bool text_same(struct text a, struct text b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

struct text text_skip(struct text text, size_t bytes) {
    return (struct text){text.at + bytes, text.len - bytes};
}

bool text_take(struct text *rest, const char *prefix) {
    bool found = text_has_prefix(*rest, prefix);

    if (found)
        *rest = text_skip(*rest, strlen(prefix));
    return found;
}

bool text_is_below(struct text inner, struct text outer) {
    if (outer.len == 0 || text_is(outer, "/"))
        return true;
    return inner.len >= outer.len && memcmp(inner.at, outer.at, outer.len) == 0 &&
           (inner.len == outer.len || inner.at[outer.len] == '/');
}

bool text_is_name(struct text text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_' && c != '.' &&
            c != '-')
            return false;
    }
    return text.len > 0 && text.at[0] != '-';
}

struct text text_trim(struct text text) {
    while (text.len > 0 && text_is_blank(text.at[0]))
        text = text_skip(text, 1);
    while (text.len > 0 && text_is_blank(text.at[text.len - 1]))
        text.len--;
    return text;
}

struct text text_cut(struct text *rest, char separator) {
    struct text head = *rest;
    const char *hit = rest->len > 0 ? memchr(rest->at, separator, rest->len) : NULL;

    if (!hit) {
        *rest = (struct text){NULL, 0};
        return head;
    }
    head.len = (size_t)(hit - head.at);
    rest->at = hit + 1;
    rest->len -= head.len + 1;
    return head;
}

bool text_u64(struct text text, uint64_t max, uint64_t *value) {
    uint64_t sum = 0;

    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(text.at[i] - '0');
        if (sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    if (sum > max)
        return false;
    *value = sum;
    return true;
}

int text_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

bool text_seconds(struct text text, uint64_t max_ms, uint64_t *value_ms) {
    struct text rest = text;
    struct text whole = text_cut(&rest, '.');
    uint64_t seconds = 0, fraction = 0;

    if (!text_u64(whole, UINT32_MAX, &seconds))
        return false;
    if (rest.at) {
        if (rest.len > 3 || !text_u64(rest, 999, &fraction))
            return false;
        for (size_t i = rest.len; i < 3; i++)
            fraction *= 10;
    }
    if (seconds * 1000 + fraction > max_ms)
        return false;
    *value_ms = seconds * 1000 + fraction;
    return true;
}

/* Reads the escape whose backslash is text.at[*i], and moves *i to its last byte. -1: broken. */
static int unescape_one(struct text text, size_t *i) {
    int value = 0;

    if (*i + 1 < text.len && text.at[*i + 1] == '\\') {
        *i += 1;
        return '\\';
    }
    if (*i + 3 >= text.len)
        return -1;
    for (size_t k = 1; k <= 3; k++) {
        char c = text.at[*i + k];
        if (c < '0' || c > '7')
            return -1;
        value = value * 8 + (c - '0');
    }
    *i += 3;
    return value > 0 && value < 256 ? value : -1;
}

bool text_unescape(struct text text, char *out, size_t size) {
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        int c = text.at[i] == '\\' ? unescape_one(text, &i) : (unsigned char)text.at[i];
        if (c <= 0 || len + 1 >= size) {
            out[0] = '\0';
            return false;
        }
        out[len++] = (char)c;
    }
    out[len] = '\0';
    return true;
}

bool text_copy(struct text text, char *out, size_t size) {
    out[0] = '\0';
    if (text.len >= size || (text.len > 0 && memchr(text.at, '\0', text.len)))
        return false;
    if (text.len > 0)
        memcpy(out, text.at, text.len);
    out[text.len] = '\0';
    return true;
}

uint64_t text_hash(uint64_t hash, struct text text) {
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * UINT64_C(1099511628211);
    return hash;
}

struct text_out text_out(char *buf, size_t size) {
    buf[0] = '\0';
    return (struct text_out){.buf = buf, .size = size};
}

void text_put_text(struct text_out *out, struct text text) {
    size_t room = out->size - out->len - 1;

    if (text.len > room) {
        text.len = room;
        out->cut = true;
    }
    if (text.len > 0)
        memcpy(out->buf + out->len, text.at, text.len);
    out->len += text.len;
    out->buf[out->len] = '\0';
}

void text_put(struct text_out *out, const char *string) {
    text_put_text(out, text_of(string));
}

void text_put_char(struct text_out *out, char c) {
    text_put_text(out, (struct text){&c, 1});
}

size_t text_visible(const char *string) {
    const unsigned char *c = (const unsigned char *)string;
    size_t len = c[0] < 0x80 ? 1 : c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
    uint32_t code = len == 1 ? c[0] : c[0] & (0x7fu >> len);
    static const uint32_t shortest[] = {0, 0, 0xa0, 0x800, 0x10000}; /* U+0080 to U+009F are controls */

    if (len == 1)
        return c[0] >= ' ' && c[0] != 0x7f ? 1 : 0;
    if (c[0] < 0xc2 || c[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((c[i] & 0xc0) != 0x80) /* also at the end of the string */
            return 0;
        code = code << 6 | (c[i] & 0x3f);
    }
    return code >= shortest[len] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? len : 0;
}

void text_put_visible(struct text_out *out, const char *string) {
    while (*string) {
        size_t len = text_visible(string);
        if (len > 0)
            text_put_text(out, (struct text){string, len});
        else
            text_putf(out, "\\%03o", (unsigned)(unsigned char)*string);
        string += len > 0 ? len : 1;
    }
}

void text_put_exports_path(struct text_out *out, const char *path) {
    bool plain = strpbrk(path, " \t\\'\"#") == NULL;

    if (!plain)
        text_put_char(out, '"');
    for (; *path; path++) {
        if (*path == '"' || *path == '\\')
            text_put_char(out, '\\');
        text_put_char(out, *path);
    }
    if (!plain)
        text_put_char(out, '"');
}

void text_putf(struct text_out *out, const char *format, ...) {
    va_list args;
    size_t room = out->size - out->len;

    va_start(args, format);
    int want = vsnprintf(out->buf + out->len, room, format, args);
    va_end(args);
    if (want < 0 || (size_t)want >= room) {
        out->cut = true;
        out->len = out->size - 1;
        out->buf[out->len] = '\0';
        return;
    }
    out->len += (size_t)want;
}
