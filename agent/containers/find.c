/* SPDX-License-Identifier: MIT */
#include "find.h"

#include <string.h>

#define DELETED "//deleted" /* after the root of a removed directory (fs/d_path.c) */

/* What follows `outer` in `inner`: "" for the same path, "/a/b" for one below, NULL for any other. Both begin with "/",
 * and only the root ends with it. */
static const char *path_below(const char *inner, const char *outer) {
    size_t len = strcmp(outer, "/") == 0 ? 0 : strlen(outer);

    if (strncmp(inner, outer, len) != 0)
        return NULL;
    inner += len;
    if (inner[0] == '/' && inner[1] == '\0')
        return "";
    return inner[0] == '\0' || inner[0] == '/' ? inner : NULL;
}

static bool join(const char *a, const char *b, char out[MOUNTINFO_NAME_SIZE]) {
    struct text_out made = text_out(out, MOUNTINFO_NAME_SIZE);

    text_put(&made, strcmp(a, "/") == 0 ? "" : a);
    text_put(&made, b);
    return !made.cut;
}

/* Takes the next line of the mount `id` off *rest, or of a mount on it. It parses only that line whole: a hostile table
 * has thousands. */
static bool next_line(struct text *rest, uint32_t id, bool on_it, struct mountinfo *entry) {
    uint64_t own, parent;

    while (rest->at) {
        struct text line = text_cut(rest, '\n'), part = line;
        if (text_u64(text_cut(&part, ' '), UINT32_MAX, &own) && text_u64(text_cut(&part, ' '), UINT32_MAX, &parent) &&
            (on_it ? parent == id && own != id : own == id) && mountinfo_next(&line, entry))
            return true;
    }
    return false;
}

static bool find_id(struct text table, uint32_t id, struct mountinfo *entry) {
    return next_line(&table, id, false, entry);
}

bool containers_origin(struct text own, const char *target, const char *source, struct containers_origin *origin) {
    static struct mountinfo entry, below;
    const char *inside;

    memset(origin, 0, sizeof *origin);
    if (!mountinfo_find(own.at, own.len, target, &entry) || strncmp(entry.type, "nfs", 3) != 0 ||
        strcmp(entry.source, source) != 0)
        return false;
    memcpy(origin->source, entry.source, sizeof origin->source);
    memcpy(origin->root, entry.root, sizeof origin->root);
    if (!find_id(own, entry.parent_id, &below) || strcmp(below.point, target) == 0 ||
        !(inside = path_below(target, below.point)))
        return true;
    origin->major = below.major;
    origin->minor = below.minor;
    origin->has_below = join(below.root, inside, origin->below);
    return true;
}

/* What follows `export` in a source: "/me" for "SERVER:/Users/me" in "SERVER:/Users"; NULL: not in it. */
static const char *source_below(const char *source, const char *export) {
    size_t len = strlen(export);

    if (strncmp(source, export, len) != 0)
        return NULL;
    if (len > 0 && export[len - 1] == '/') /* "SERVER:/" */
        len--;
    return source[len] == '\0' || source[len] == '/' ? source + len : NULL;
}

static void set_subpath(struct containers_bind *bind, const char *a, const char *b) {
    if (!join(a, b, bind->subpath))
        bind->cut = true;
}

/* Finds where the root of a mount of `part` lies in the export. The kernel shows the root relative to the topmost
 * folder that it knows: the export's, if that is mounted too, or else the mount's own. */
static void find_subpath(const struct containers_origin *origin, const char *part, const char *root,
                         struct containers_bind *bind) {
    const char *inside = strcmp(origin->root, "/") == 0 ? NULL : path_below(root, origin->root);

    if (!inside)
        inside = strcmp(root, "/") == 0 ? "" : root;
    if (part[0] && path_below(inside, part))
        part = "";
    set_subpath(bind, part, inside);
}

static bool is_cut(const char *name) {
    return strlen(name) == MOUNTINFO_NAME_SIZE - 1;
}

/* Matches by type and source. */
static bool match_source(const struct mountinfo *entry, const char *root, const struct containers_origin *origin,
                         struct containers_bind *bind) {
    const char *part = source_below(entry->source, origin->source);

    if (!part)
        return false;
    if (strncmp(entry->type, "nfs", 3) == 0) {
        bind->kind = CONTAINERS_MOUNTED;
        find_subpath(origin, part, root, bind);
        return true;
    }
    bind->kind = CONTAINERS_KEPT;
    set_subpath(bind, "", part);
    return (strcmp(entry->type, CONTAINERS_KEEPER) == 0 || strcmp(entry->type, CONTAINERS_KEEPER_ABOVE) == 0) &&
           strcmp(root, "/") == 0;
}

static bool match(const struct mountinfo *entry, const struct containers_origin *origin, struct containers_bind *bind) {
    char root[MOUNTINFO_NAME_SIZE];
    size_t len = strlen(entry->root);
    const char *part;

    memcpy(root, entry->root, sizeof root);
    if (len >= strlen(DELETED) && strcmp(root + len - strlen(DELETED), DELETED) == 0)
        root[len - strlen(DELETED)] = '\0';
    if (root[0] != '/')
        return false;
    bind->cut = is_cut(entry->root) || is_cut(entry->point) || is_cut(entry->source);
    if (match_source(entry, root, origin, bind))
        return true;
    bind->kind = CONTAINERS_LATE;
    if (!origin->has_below || entry->major != origin->major || entry->minor != origin->minor ||
        !(part = path_below(root, origin->below)))
        return false;
    set_subpath(bind, "", part);
    return true;
}

/* Counts the mounts in `bind`'s. False: another mount covers it. */
static bool look_above(struct text table, struct containers_bind *bind) {
    static struct mountinfo entry;

    bind->inner = 0;
    while (next_line(&table, bind->id, true, &entry)) {
        if (!bind->cut && strcmp(entry.point, bind->point) == 0)
            return false;
        bind->inner++;
    }
    return true;
}

/* Follows the pile of mounts on its mount point down to the mount that holds the directory. */
static void look_below(struct text table, struct containers_bind *bind) {
    static struct mountinfo entry;
    uint32_t onto = bind->kind == CONTAINERS_MOUNTED ? bind->under_id : bind->id;

    bind->shared = find_id(table, onto, &entry) && (entry.flags & MOUNTINFO_SHARED);
    bind->holder_id = bind->under_id;
    /* Each is the parent of the one before. 64 bounds the loop. */
    for (int height = 0; height < 64 && find_id(table, bind->holder_id, &entry); height++) {
        if (strcmp(entry.point, bind->point) != 0 || entry.parent_id == entry.id)
            break;
        bind->holder_id = entry.parent_id;
    }
}

bool containers_match(struct text *rest, const struct containers_origin *origin, struct containers_bind *bind) {
    static struct mountinfo entry;

    while (mountinfo_next(rest, &entry)) {
        if (!match(&entry, origin, bind))
            continue;
        bind->id = entry.id;
        bind->under_id = entry.parent_id;
        bind->flags = entry.flags & ~(uint32_t)(MOUNTINFO_SHARED | MOUNTINFO_SUPER);
        memcpy(bind->point, entry.point, sizeof bind->point);
        return true;
    }
    return false;
}

bool containers_inside(struct text table, const struct containers_origin *origin, uint32_t mount, const char *path,
                       struct text_out subpath) {
    static struct containers_bind bind;
    const char *inside;

    while (containers_match(&table, origin, &bind)) {
        if (bind.id != mount)
            continue;
        if (bind.kind != CONTAINERS_MOUNTED || bind.cut || !(inside = path_below(path, bind.point)))
            return false;
        text_put(&subpath, bind.subpath);
        text_put(&subpath, inside);
        return !subpath.cut;
    }
    return false;
}

bool containers_find(struct text table, struct text *rest, const struct containers_origin *origin,
                     struct containers_bind *bind) {
    while (containers_match(rest, origin, bind)) {
        if (!look_above(table, bind))
            continue;
        look_below(table, bind);
        return true;
    }
    return false;
}

bool containers_find_inner(struct text *rest, const struct containers_bind *bind, struct mountinfo *entry) {
    while (next_line(rest, bind->id, true, entry)) {
        const char *inside = path_below(entry->point, bind->point);
        if (!inside || !inside[0])
            continue;
        memmove(entry->point, inside, strlen(inside) + 1);
        return true;
    }
    return false;
}

/* Whether the mount `parent` is `bind`'s, or in `ids`, the list of the mounts in it. */
static bool is_inside(uint32_t parent, const struct containers_bind *bind, const uint32_t *ids, int count) {
    for (int i = 0; i < count; i++)
        if (ids[i] == parent)
            return true;
    return parent == bind->id;
}

/* Stores the ids of all mounts in `bind`'s, at any depth, and returns their number; -1: more than `max`. A table
 * usually, but not always, lists a mount before the mounts in it. */
static int find_ids(struct text table, const struct containers_bind *bind, uint32_t *ids, int max) {
    static struct mountinfo entry;
    int count = 0, before;

    do {
        before = count;
        for (struct text rest = table; mountinfo_next(&rest, &entry);) {
            if (entry.id == bind->id || !is_inside(entry.parent_id, bind, ids, count) ||
                is_inside(entry.id, bind, ids, count))
                continue;
            if (count == max)
                return -1;
            ids[count++] = entry.id;
        }
    } while (count > before);
    return count;
}

/* Inserts into the list, which is sorted by the length of the path: an outer mount comes before its inner ones. */
static void insert(struct containers_bind *inside, int count, const struct containers_bind *one) {
    int at = count;

    for (; at > 0 && strlen(inside[at - 1].point) > strlen(one->point); at--)
        inside[at] = inside[at - 1];
    inside[at] = *one;
}

int containers_find_inside(struct text table, const struct containers_origin *origin,
                           const struct containers_bind *bind, struct containers_bind *inside, int max) {
    static struct containers_bind one;
    uint32_t ids[CONTAINERS_INSIDE_MAX];
    int all = find_ids(table, bind, ids, CONTAINERS_INSIDE_MAX), of_the_share = 0, count = 0;

    for (struct text rest = table; all > 0 && containers_match(&rest, origin, &one);) {
        const char *path = path_below(one.point, bind->point);
        if (one.id == bind->id || !is_inside(one.id, bind, ids, all))
            continue;
        if (one.cut || !path || !path[0])
            return -1;
        of_the_share++;
        if (!look_above(table, &one))
            continue;
        if (count == max)
            return -1;
        memmove(one.point, path, strlen(path) + 1);
        insert(inside, count++, &one);
    }
    return of_the_share == all ? count : -1;
}

void containers_source(const struct containers_origin *origin, const char *subpath, char *source, size_t size) {
    struct text_out out = text_out(source, size);

    text_put(&out, origin->source);
    if (subpath[0] && out.len > 0 && source[out.len - 1] == '/')
        out.len--;
    text_put(&out, subpath);
}
