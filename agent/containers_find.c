/* SPDX-License-Identifier: MIT */
#include "containers_find.h"

#include <string.h>

#define DELETED "//deleted" /* behind a root whose directory is gone (fs/d_path.c) */

/* What follows `outer` in `inner`: "" for the same, "/a/b" for one below, NULL for another. Both begin with "/", and
 * do not end with it but for the root. */
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

static bool find_id(struct text table, uint32_t id, struct mountinfo *entry) {
    while (mountinfo_next(&table, entry))
        if (entry->id == id)
            return true;
    return false;
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

/* The export's part of a source: "/me" for "SERVER:/Users/me"; NULL for another's. */
static const char *source_below(const char *source, const char *export) {
    size_t len = strlen(export);

    if (strncmp(source, export, len) != 0)
        return NULL;
    if (len > 0 && export[len - 1] == '/') /* "SERVER:/" */
        len--;
    return source[len] == '\0' || source[len] == '/' ? source + len : NULL;
}

/* Where a mount of `part` of the export with this root lies in it. The kernel tells a root from the top of what it has
 * connected: of the export when that is mounted as well, else of what was mounted itself. */
static bool find_subpath(const struct containers_origin *origin, const char *part, const char *root,
                         char subpath[MOUNTINFO_NAME_SIZE]) {
    const char *inside = strcmp(origin->root, "/") == 0 ? NULL : path_below(root, origin->root);

    if (!inside)
        inside = path_below(root, "/");
    if (!inside)
        return false;
    if (part[0] && path_below(inside, part))
        part = "";
    return join(part, inside, subpath);
}

static bool match(const struct mountinfo *entry, const struct containers_origin *origin, struct containers_bind *bind) {
    char root[MOUNTINFO_NAME_SIZE];
    size_t len = strlen(entry->root);
    const char *part;

    if (len == MOUNTINFO_NAME_SIZE - 1 || strlen(entry->point) == MOUNTINFO_NAME_SIZE - 1) /* cut to fit */
        return false;
    memcpy(root, entry->root, sizeof root);
    if (len >= strlen(DELETED) && strcmp(root + len - strlen(DELETED), DELETED) == 0)
        root[len - strlen(DELETED)] = '\0';
    if (root[0] != '/')
        return false;
    if (strncmp(entry->type, "nfs", 3) == 0 && (part = source_below(entry->source, origin->source))) {
        bind->kind = CONTAINERS_MOUNTED;
        return find_subpath(origin, part, root, bind->subpath);
    }
    bind->kind = CONTAINERS_LATE;
    if (!origin->has_below || entry->major != origin->major || entry->minor != origin->minor ||
        !(part = path_below(root, origin->below)))
        return false;
    return join("", part, bind->subpath);
}

/* What lies on and in the mount. False: another one covers it. */
static bool look_above(struct text table, struct containers_bind *bind) {
    static struct mountinfo entry;

    bind->inner = 0;
    while (mountinfo_next(&table, &entry)) {
        if (entry.parent_id != bind->id || entry.id == bind->id)
            continue;
        if (strcmp(entry.point, bind->point) == 0)
            return false;
        bind->inner++;
    }
    return true;
}

/* What lies under it: down the pile of mounts that share its mount point, to the directory they all are on. */
static void look_below(struct text table, struct containers_bind *bind) {
    static struct mountinfo entry;
    uint32_t onto = bind->kind == CONTAINERS_LATE ? bind->id : bind->under_id;

    bind->shared = find_id(table, onto, &entry) && (entry.flags & MOUNTINFO_SHARED);
    bind->holder_id = bind->under_id;
    /* Each is the parent of the one before; a pile is never higher than this. */
    for (int height = 0; height < 64 && find_id(table, bind->holder_id, &entry); height++) {
        if (strcmp(entry.point, bind->point) != 0 || entry.parent_id == entry.id)
            break;
        bind->holder_id = entry.parent_id;
    }
}

bool containers_find(struct text table, struct text *rest, const struct containers_origin *origin,
                     struct containers_bind *bind) {
    static struct mountinfo entry;

    while (mountinfo_next(rest, &entry)) {
        if (!match(&entry, origin, bind))
            continue;
        bind->id = entry.id;
        bind->under_id = entry.parent_id;
        bind->flags = entry.flags & ~(uint32_t)MOUNTINFO_SHARED;
        memcpy(bind->point, entry.point, sizeof bind->point);
        if (!look_above(table, bind))
            continue;
        look_below(table, bind);
        return true;
    }
    return false;
}

bool containers_find_inner(struct text *rest, const struct containers_bind *bind, struct mountinfo *entry) {
    while (mountinfo_next(rest, entry)) {
        const char *inside = path_below(entry->point, bind->point);
        if (entry->parent_id != bind->id || entry->id == bind->id || !inside || !inside[0])
            continue;
        memmove(entry->point, inside, strlen(inside) + 1);
        return true;
    }
    return false;
}
