/* SPDX-License-Identifier: MIT */
#include "exclude.h"

/* Compares one part. After a mismatch, the last star takes one more byte. Earlier stars need no second try. */
static bool matches(struct text pattern, struct text name) {
    size_t p = 0, n = 0, star = SIZE_MAX, again = 0;

    while (n < name.len) {
        if (p < pattern.len && pattern.at[p] == '*') {
            star = p++;
            again = n;
        } else if (p < pattern.len && (pattern.at[p] == '?' || pattern.at[p] == name.at[n])) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++again;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.at[p] == '*')
        p++;
    return p == pattern.len;
}

/* Compares part by part until one of the two ends, and leaves the rest of the other. False: a part does not match. */
static bool walk(struct text *pattern, struct text *path) {
    while (pattern->len > 0 && path->len > 0)
        if (!matches(text_cut(pattern, '/'), text_cut(path, '/')))
            return false;
    return true;
}

bool exclude_is(const struct exclude *exclude, struct text path) {
    for (size_t i = 0; i < exclude->count; i++) {
        struct text pattern = exclude->patterns[i], rest = path;

        if (walk(&pattern, &rest) && pattern.len == 0)
            return true;
    }
    return false;
}

struct exclude exclude_below(const struct exclude *exclude, struct text below) {
    struct exclude left = {0};

    for (size_t i = 0; i < exclude->count; i++) {
        struct text pattern = exclude->patterns[i], rest = below;

        if (walk(&pattern, &rest) && pattern.len > 0)
            left.patterns[left.count++] = pattern;
    }
    return left;
}
