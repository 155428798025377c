/* SPDX-License-Identifier: MIT */
#include "macfiles.h"

#include "../../agent/common/text.h"

#include <string.h>

#define FOLDER_MAX 1024

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_space(struct text *rest) {
    while (rest->len && is_space(*rest->at))
        *rest = text_skip(*rest, 1);
}

/* Returns the text before the literal, and moves *rest behind it. Returns a text with `at` NULL if it is missing. */
static struct text cut_at(struct text *rest, const char *literal) {
    struct text head = {rest->at, 0};

    for (; rest->len; *rest = text_skip(*rest, 1), head.len++)
        if (text_take(rest, literal))
            return head;
    return (struct text){NULL, 0};
}

bool macfiles_plist(const char *text, size_t size, const char *key, char *out, size_t out_size) {
    struct text rest = {text, size};

    while (cut_at(&rest, "<key>").at) {
        struct text value;

        if (!text_take(&rest, key) || !text_take(&rest, "</key>"))
            continue;
        skip_space(&rest);
        if (!text_take(&rest, "<string>"))
            return false;
        value = cut_at(&rest, "</string>");
        return value.at && text_copy(value, out, out_size);
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

static struct text without_slash(struct text path) {
    while (path.len && path.at[path.len - 1] == '/')
        path.len--;
    return path;
}

/* osxfs requires that the mount point of every share is missing or empty. A share above or below path is as bad as path
 * itself. */
static bool is_near(struct text folder, const char *path) {
    struct text a = without_slash(folder);
    struct text b = without_slash(text_of(path));

    return folder.len && (text_is_below(a, b) || text_is_below(b, a));
}

enum macfiles_shares macfiles_mounts(const char *text, size_t size, const char *path) {
    enum macfiles_shares answer = MACFILES_NOT_SHARED;
    struct text rest = {text, size};

    while (rest.at) {
        struct text line = text_cut(&rest, '\n');
        struct text folder = line;

        text_cut(&folder, ':');
        folder = folder.at ? folder : line;
        while (folder.len && is_space(folder.at[folder.len - 1]))
            folder.len--;
        if (is_near(text_cut(&folder, ':'), path)) /* options may follow */
            answer = MACFILES_SHARED;
    }
    return answer;
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

/* Reads the escape after a backslash. Returns the number of bytes written, 0 for a fault. */
static size_t read_escape(struct text *rest, char *out) {
    static const char letters[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    unsigned int code = 0;
    const char *letter;

    if (text_take(rest, "u")) {
        if (rest->len < 4)
            return 0;
        for (int i = 0; i < 4; i++) {
            if (text_digit(rest->at[i]) > 15)
                return 0;
            code = code * 16 + (unsigned int)text_digit(rest->at[i]);
        }
        *rest = text_skip(*rest, 4);
        return put_utf8(code, out);
    }
    letter = rest->len && *rest->at ? strchr(letters, *rest->at) : NULL;
    if (!letter)
        return 0;
    *rest = text_skip(*rest, 1);
    *out = meant[letter - letters];
    return 1;
}

/* Reads a JSON string and truncates it to size - 1 bytes. Returns false if there is none, or if it does not end. */
static bool read_string(struct text *rest, char *out, size_t size) {
    size_t length = 0;

    if (!text_take(rest, "\""))
        return false;
    while (rest->len && *rest->at != '"') {
        char bytes[4] = {*rest->at};
        size_t count = 1;

        *rest = text_skip(*rest, 1);
        if (bytes[0] == '\\')
            count = read_escape(rest, bytes);
        if (count == 0)
            return false;
        for (size_t i = 0; i < count; i++)
            if (length + 1 < size)
                out[length++] = bytes[i];
    }
    out[length] = '\0';
    return text_take(rest, "\"");
}

/* Moves behind a value of any type. Counts only brackets, and skips strings. */
static bool skip_value(struct text *rest) {
    char ignored[8];
    unsigned int depth = 0;

    do {
        char first;

        skip_space(rest);
        if (!rest->len || !*rest->at)
            return false;
        first = *rest->at;
        if (first == '"') {
            if (!read_string(rest, ignored, sizeof(ignored)))
                return false;
        } else if (strchr("{[}],:", first)) {
            if (first != '{' && first != '[' && depth == 0)
                return false;
            depth += first == '{' || first == '[';
            depth -= first == '}' || first == ']';
            *rest = text_skip(*rest, 1);
        } else {
            while (rest->len && !is_space(*rest->at) && !strchr(",:]}[{\"", *rest->at))
                *rest = text_skip(*rest, 1);
        }
    } while (depth);
    return true;
}

static enum macfiles_shares read_folders(struct text *rest, const char *path) {
    enum macfiles_shares answer = MACFILES_NOT_SHARED;
    char folder[FOLDER_MAX];

    if (!text_take(rest, "["))
        return MACFILES_UNKNOWN;
    for (skip_space(rest); !text_take(rest, "]"); skip_space(rest)) {
        if (!read_string(rest, folder, sizeof(folder)))
            return MACFILES_UNKNOWN;
        if (is_near(text_of(folder), path))
            answer = MACFILES_SHARED;
        skip_space(rest);
        text_take(rest, ",");
    }
    return answer;
}

enum macfiles_shares macfiles_settings(const char *text, size_t size, const char *path) {
    struct text rest = {text, size};
    char key[64];

    skip_space(&rest);
    if (!text_take(&rest, "{"))
        return MACFILES_UNKNOWN;
    for (skip_space(&rest); !text_take(&rest, "}"); skip_space(&rest)) {
        if (!read_string(&rest, key, sizeof(key)))
            return MACFILES_UNKNOWN;
        skip_space(&rest);
        if (!text_take(&rest, ":"))
            return MACFILES_UNKNOWN;
        skip_space(&rest);
        if (strcmp(key, "filesharingDirectories") == 0 || strcmp(key, "FilesharingDirectories") == 0)
            return read_folders(&rest, path);
        if (!skip_value(&rest))
            return MACFILES_UNKNOWN;
        skip_space(&rest);
        text_take(&rest, ",");
    }
    return MACFILES_NOT_SAID;
}
