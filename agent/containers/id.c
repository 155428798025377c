/* SPDX-License-Identifier: MIT */
#include "id.h"

#include <string.h>

#define DIGITS 64

static bool ends_with(struct text text, const char *suffix) {
    size_t len = strlen(suffix);

    return text.len >= len && memcmp(text.at + text.len - len, suffix, len) == 0;
}

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Where the digits begin in "docker-DIGITS.scope", "libpod-DIGITS" or "DIGITS"; NULL: another name. */
static const char *find_digits(struct text name) {
    if (ends_with(name, ".scope"))
        name.len -= strlen(".scope");
    if (name.len < DIGITS || (name.len > DIGITS && name.at[name.len - DIGITS - 1] != '-'))
        return NULL;
    const char *digits = name.at + name.len - DIGITS;
    for (size_t i = 0; i < DIGITS; i++)
        if (!is_hex(digits[i]))
            return NULL;
    return digits;
}

/* Takes the last component off *path. */
static struct text cut_last(struct text *path) {
    size_t at = path->len;

    while (at > 0 && path->at[at - 1] != '/')
        at--;
    struct text last = {path->at + at, path->len - at};
    path->len = at > 0 ? at - 1 : 0;
    return last;
}

static bool find_in_path(struct text path, char id[CONTAINERS_ID_SIZE]) {
    while (path.len > 0) {
        const char *digits = find_digits(cut_last(&path));
        if (digits)
            return text_copy((struct text){digits, CONTAINERS_ID_SHORT}, id, CONTAINERS_ID_SIZE);
    }
    return false;
}

/* containerd's identifiers: letters and digits, joined by single "." "_" "-" (its package identifiers). */
static bool is_name(struct text name) {
    bool joint = true;

    if (name.len == 0 || name.len >= CONTAINERS_ID_SIZE)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool mark = c == '.' || c == '_' || c == '-';
        if (mark ? joint : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
            return false;
        joint = mark;
    }
    return !joint;
}

static bool is_unit(struct text name) {
    static const char *const kinds[] = {".slice", ".scope", ".service", ".mount", ".socket"};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (ends_with(name, kinds[i]))
            return true;
    return false;
}

/* Reads "/NAMESPACE/NAME", as containerd makes it, such as "/default/web". A service manager makes the other paths of
 * two components. */
static bool find_pair(struct text path, char id[CONTAINERS_ID_SIZE]) {
    struct text name = cut_last(&path), space = cut_last(&path);

    if (path.len > 0 || !is_name(space) || !is_name(name) || is_unit(space) || is_unit(name) ||
        text_is(space, "openrc"))
        return false;
    return text_copy(name, id, CONTAINERS_ID_SIZE);
}

/* Reads "HIERARCHY:CONTROLLERS:/PATH". A named hierarchy belongs to a service manager. */
static bool cut_path(struct text line, struct text *path, bool *named) {
    text_cut(&line, ':');
    *named = text_has_prefix(text_cut(&line, ':'), "name=");
    *path = line;
    return line.at && line.len > 0 && line.at[0] == '/';
}

bool containers_id(struct text cgroup, char id[CONTAINERS_ID_SIZE]) {
    struct text path;
    bool named;

    for (struct text rest = cgroup; rest.at;)
        if (cut_path(text_cut(&rest, '\n'), &path, &named) && find_in_path(path, id))
            return true;
    for (struct text rest = cgroup; rest.at;)
        if (cut_path(text_cut(&rest, '\n'), &path, &named) && !named && find_pair(path, id))
            return true;
    id[0] = '\0';
    return false;
}
