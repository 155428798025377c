/* SPDX-License-Identifier: MIT */
#include "exports.h"

#include "../common/text.h"

#include <string.h>

static struct text without_slash(const char *path) {
    struct text text = text_of(path);

    while (text.len > 1 && text.at[text.len - 1] == '/')
        text.len--;
    return text;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_in_other_case(struct text a, struct text b) {
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

static bool is_inside(struct text inner, struct text outer) {
    return inner.len > outer.len && text_is_below(inner, outer);
}

/* `path` without the data volume's name in front; "/" for the volume itself. at == NULL: it is not on that volume. */
static struct text on_data_volume(struct text path) {
    if (!text_take(&path, EXPORTS_DATA_VOLUME) || (path.len > 0 && path.at[0] != '/'))
        return (struct text){NULL, 0};
    return path.len > 0 ? path : text_of("/");
}

/* Whether both name one folder, one of them with the data volume's name. */
static bool is_same_by_other_name(struct text a, struct text b) {
    struct text plain_a = on_data_volume(a), plain_b = on_data_volume(b);

    return (plain_a.at && text_same(plain_a, b)) || (plain_b.at && text_same(plain_b, a));
}

/* A candidate replaces one of a lower rank. */
static const uint8_t rank[NEAR_MISSES] = {
    [NEAR_NONE] = 0, [NEAR_CHILD] = 1,         [NEAR_PARENT] = 2,
    [NEAR_CASE] = 4, [NEAR_SYSTEM_VOLUME] = 5, [NEAR_SYSTEM_PARENT] = 3,
};

static enum near_miss nearness(struct text entry, struct text wanted) {
    if (entry.len == 0 || entry.at[0] != '/') /* not a path: a server can send anything */
        return NEAR_NONE;
    struct text plain = on_data_volume(entry);
    if (is_same_by_other_name(entry, wanted))
        return NEAR_SYSTEM_VOLUME;
    if (plain.at && is_inside(wanted, plain))
        return NEAR_SYSTEM_PARENT;
    if (same_in_other_case(entry, wanted))
        return NEAR_CASE;
    if (is_inside(wanted, entry))
        return NEAR_PARENT;
    return is_inside(entry, wanted) ? NEAR_CHILD : NEAR_NONE;
}

#define MORE ", ..."

/* Appends the entry to the list. Each entry leaves room for MORE, which ends the list. */
static void show(struct evidence *evidence, struct text entry) {
    struct text_out out = {
        .buf = evidence->exports, .size = sizeof evidence->exports, .len = strlen(evidence->exports)};
    const char *separator = out.len > 0 ? ", " : "";

    if (out.len >= 3 && strcmp(out.buf + out.len - 3, "...") == 0)
        return;
    if (out.len + strlen(separator) + entry.len + sizeof MORE > out.size) {
        text_put(&out, out.len > 0 ? MORE : "...");
        return;
    }
    text_put(&out, separator);
    text_put_text(&out, entry);
}

void exports_add(struct evidence *evidence, const char *wanted, const char *entry) {
    struct text want = without_slash(wanted), have = without_slash(entry);

    evidence->export_count++;
    show(evidence, have);
    if (text_same(want, have)) {
        evidence->listed = 1;
        return;
    }
    enum near_miss near = nearness(have, want);
    if (rank[near] > rank[evidence->near] && text_copy(have, evidence->near_path, sizeof evidence->near_path))
        evidence->near = (uint8_t)near;
}
