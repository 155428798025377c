/* SPDX-License-Identifier: MIT */
#include "macfiles.h"

#include <stdint.h>
#include <string.h>

#define FOLDER_MAX 1024

struct cursor {
    const char *at;
    const char *end;
};

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_space(struct cursor *cursor) {
    while (cursor->at < cursor->end && is_space(*cursor->at))
        cursor->at++;
}

/* Goes behind the literal, if it is next. */
static bool skip(struct cursor *cursor, const char *literal) {
    size_t length = strlen(literal);

    if ((size_t)(cursor->end - cursor->at) < length || memcmp(cursor->at, literal, length) != 0)
        return false;
    cursor->at += length;
    return true;
}

static bool find(struct cursor *cursor, const char *literal) {
    for (; cursor->at < cursor->end; cursor->at++)
        if (skip(cursor, literal))
            return true;
    return false;
}

bool macfiles_plist(const char *text, size_t size, const char *key, char *out, size_t out_size) {
    struct cursor cursor = {text, text + size};

    while (find(&cursor, "<key>")) {
        const char *start;
        size_t length;

        if (!skip(&cursor, key) || !skip(&cursor, "</key>"))
            continue;
        skip_space(&cursor);
        if (!skip(&cursor, "<string>"))
            return false;
        start = cursor.at;
        if (!find(&cursor, "</string>"))
            return false;
        length = (size_t)(cursor.at - start) - strlen("</string>");
        if (length >= out_size)
            return false;
        memcpy(out, start, length);
        out[length] = '\0';
        return true;
    }
    return false;
}

static const char *read_number(const char *at, unsigned int *number) {
    *number = 0;
    for (; *at >= '0' && *at <= '9'; at++)
        if (*number < 1000000)
            *number = *number * 10 + (unsigned int)(*at - '0');
    return at;
}

bool macfiles_version(const char *text, struct macfiles_version *version) {
    const char *at = read_number(text, &version->major);

    version->minor = 0;
    if (at == text)
        return false;
    if (*at == '.')
        read_number(at + 1, &version->minor);
    return true;
}

static bool is_below(const char *inner, size_t inner_length, const char *outer, size_t outer_length) {
    while (outer_length && outer[outer_length - 1] == '/')
        outer_length--;
    return inner_length >= outer_length && memcmp(inner, outer, outer_length) == 0 &&
           (inner_length == outer_length || inner[outer_length] == '/');
}

/* osxfs wants the mount point of every share missing or empty: one above and one below are as bad as the same. */
static bool is_near(const char *folder, size_t length, const char *path) {
    return length && (is_below(path, strlen(path), folder, length) || is_below(folder, length, path, strlen(path)));
}

enum macfiles_shares macfiles_mounts(const char *text, size_t size, const char *path) {
    enum macfiles_shares answer = MACFILES_NOT_SHARED;
    const char *end = text + size;

    while (text < end) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        const char *stop = line_end ? line_end : end;
        const char *colon = memchr(text, ':', (size_t)(stop - text));
        const char *folder = colon ? colon + 1 : text;
        const char *next;

        while (stop > folder && is_space(stop[-1]))
            stop--;
        next = memchr(folder, ':', (size_t)(stop - folder)); /* options may follow */
        if (is_near(folder, (size_t)((next ? next : stop) - folder), path))
            answer = MACFILES_SHARED;
        text = line_end ? line_end + 1 : end;
    }
    return answer;
}

static unsigned int hex_of(const char *at) {
    unsigned int value = 0;

    for (int i = 0; i < 4; i++) {
        char c = at[i];

        value = value * 16 + (unsigned int)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

static size_t put_utf8(unsigned int code, char *out) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    out[0] = (char)(0xe0 | code >> 12);
    out[1] = (char)(0x80 | (code >> 6 & 0x3f));
    out[2] = (char)(0x80 | (code & 0x3f));
    return 3;
}

/* What a backslash stands for, the cursor behind it; the bytes written, 0 for a fault. */
static size_t read_escape(struct cursor *cursor, char *out) {
    static const char letters[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    const char *letter;

    if (cursor->at == cursor->end || *cursor->at == '\0')
        return 0;
    if (*cursor->at == 'u') {
        if (cursor->end - cursor->at < 5)
            return 0;
        for (int i = 1; i < 5; i++)
            if (!memchr("0123456789abcdefABCDEF", cursor->at[i], 22))
                return 0;
        cursor->at += 5;
        return put_utf8(hex_of(cursor->at - 4), out);
    }
    letter = strchr(letters, *cursor->at++);
    if (!letter)
        return 0;
    *out = meant[letter - letters];
    return 1;
}

/* A JSON string (RFC 8259), cut to size - 1 bytes. False: there is none, or it does not end. */
static bool read_string(struct cursor *cursor, char *out, size_t size) {
    size_t length = 0;

    if (!skip(cursor, "\""))
        return false;
    while (cursor->at < cursor->end && *cursor->at != '"') {
        char bytes[4];
        size_t count = 1;

        if (*cursor->at == '\\') {
            cursor->at++;
            count = read_escape(cursor, bytes);
            if (count == 0)
                return false;
        } else {
            bytes[0] = *cursor->at++;
        }
        for (size_t i = 0; i < count; i++)
            if (length + 1 < size)
                out[length++] = bytes[i];
    }
    out[length] = '\0';
    return skip(cursor, "\"");
}

/* Goes behind a value of any kind, by its brackets and strings. */
static bool skip_value(struct cursor *cursor) {
    char ignored[8];
    unsigned int depth = 0;

    do {
        skip_space(cursor);
        if (cursor->at == cursor->end)
            return false;
        if (*cursor->at == '"') {
            if (!read_string(cursor, ignored, sizeof(ignored)))
                return false;
        } else if (*cursor->at == '{' || *cursor->at == '[') {
            depth++;
            cursor->at++;
        } else if (*cursor->at == '}' || *cursor->at == ']') {
            if (depth == 0)
                return false;
            depth--;
            cursor->at++;
        } else if (depth && (*cursor->at == ',' || *cursor->at == ':')) {
            cursor->at++;
        } else {
            const char *start = cursor->at;

            while (cursor->at < cursor->end && !is_space(*cursor->at) && !strchr(",:]}[{\"", *cursor->at))
                cursor->at++;
            if (cursor->at == start)
                return false;
        }
    } while (depth);
    return true;
}

static enum macfiles_shares read_folders(struct cursor *cursor, const char *path) {
    enum macfiles_shares answer = MACFILES_NOT_SHARED;
    char folder[FOLDER_MAX];

    if (!skip(cursor, "["))
        return MACFILES_UNKNOWN;
    for (skip_space(cursor); !skip(cursor, "]"); skip_space(cursor)) {
        if (!read_string(cursor, folder, sizeof(folder)))
            return MACFILES_UNKNOWN;
        if (is_near(folder, strlen(folder), path))
            answer = MACFILES_SHARED;
        skip_space(cursor);
        skip(cursor, ",");
    }
    return answer;
}

enum macfiles_shares macfiles_settings(const char *text, size_t size, const char *path) {
    struct cursor cursor = {text, text + size};
    char key[64];

    skip_space(&cursor);
    if (!skip(&cursor, "{"))
        return MACFILES_UNKNOWN;
    for (skip_space(&cursor); !skip(&cursor, "}"); skip_space(&cursor)) {
        if (!read_string(&cursor, key, sizeof(key)))
            return MACFILES_UNKNOWN;
        skip_space(&cursor);
        if (!skip(&cursor, ":"))
            return MACFILES_UNKNOWN;
        skip_space(&cursor);
        if (strcmp(key, "filesharingDirectories") == 0 || strcmp(key, "FilesharingDirectories") == 0)
            return read_folders(&cursor, path);
        if (!skip_value(&cursor))
            return MACFILES_UNKNOWN;
        skip_space(&cursor);
        skip(&cursor, ",");
    }
    return MACFILES_NOT_SAID;
}
