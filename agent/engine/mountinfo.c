/* SPDX-License-Identifier: MIT */
#include "mountinfo.h"

#include <string.h>

static bool read_field(struct text *line, char *out, size_t size) {
    struct text field = text_cut(line, ' ');

    if (field.len == 0)
        return false;
    if (!text_unescape(field, out, size)) { /* too long to be ours: its start shows that it differs */
        struct text_out cut = text_out(out, size);
        text_put_text(&cut, field);
    }
    return true;
}

static bool read_number(struct text *line, char separator, uint32_t *value) {
    uint64_t number;

    if (!text_u64(text_cut(line, separator), UINT32_MAX, &number))
        return false;
    *value = (uint32_t)number;
    return true;
}

static uint32_t read_flags(struct text options) {
    static const struct {
        const char *name;
        uint32_t flag;
    } names[] = {
        {"ro", MOUNTINFO_READ_ONLY},  {"nosuid", MOUNTINFO_NOSUID},      {"nodev", MOUNTINFO_NODEV},
        {"noexec", MOUNTINFO_NOEXEC}, {"soft", MOUNTINFO_SOFT},          {"softerr", MOUNTINFO_SOFT},
        {"nocto", MOUNTINFO_NOCTO},   {"acregmin=600", MOUNTINFO_AC600},
    };
    uint32_t flags = 0;

    while (options.at) {
        struct text option = text_cut(&options, ',');
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            if (text_is(option, names[i].name))
                flags |= names[i].flag;
    }
    return flags;
}

/* The value of "addr=", which the kernel adds for NFS. */
static void read_address(struct text options, char *out, size_t size) {
    out[0] = '\0';
    while (options.at) {
        struct text option = text_cut(&options, ',');
        if (text_take(&option, "addr=") && text_copy(option, out, size))
            return;
    }
}

/* Takes the optional fields, up to the "-" that ends them. */
static uint32_t read_propagation(struct text *line) {
    uint32_t flags = 0;

    while (line->at) {
        struct text field = text_cut(line, ' ');
        if (text_is(field, "-"))
            break;
        if (text_has_prefix(field, "shared:"))
            flags = MOUNTINFO_SHARED;
    }
    return flags;
}

/* "36 35 98:0 /root /point opts optional... - type source super-opts" */
static bool read_line(struct text line, struct mountinfo *entry) {
    if (!read_number(&line, ' ', &entry->id) || !read_number(&line, ' ', &entry->parent_id) ||
        !read_number(&line, ':', &entry->major) || !read_number(&line, ' ', &entry->minor) ||
        !read_field(&line, entry->root, sizeof entry->root) || !read_field(&line, entry->point, sizeof entry->point))
        return false;
    entry->flags = read_flags(text_cut(&line, ' '));
    entry->flags |= read_propagation(&line);
    if (!line.at || !read_field(&line, entry->type, sizeof entry->type) ||
        !read_field(&line, entry->source, sizeof entry->source))
        return false;
    /* "ro" here is the file system's, not the mount's. */
    entry->flags |= read_flags(line) & MOUNTINFO_SUPER;
    read_address(line, entry->address, sizeof entry->address);
    return true;
}

bool mountinfo_next(struct text *rest, struct mountinfo *entry) {
    while (rest->at)
        if (read_line(text_cut(rest, '\n'), entry))
            return true;
    return false;
}

bool mountinfo_find(const char *text, size_t len, const char *target, struct mountinfo *entry) {
    struct text rest = {text, len};
    struct text hit = {NULL, 0};

    for (struct text start = rest; mountinfo_next(&rest, entry); start = rest)
        if (strcmp(entry->point, target) == 0)
            hit = start;
    return hit.at && mountinfo_next(&hit, entry);
}

bool mountinfo_covers(const struct mountinfo *entry, const char *path) {
    return text_is_below(text_of(path), text_of(entry->point));
}
