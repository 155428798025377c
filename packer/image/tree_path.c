/* SPDX-License-Identifier: MIT */
/*
 * Resolves paths to inodes. At most TREE_LINKS_MAX symbolic links are followed for one path, which bounds the
 * recursion. Sources: path_resolution(7); fs/namei.c.
 */
#include "tree_private.h"

#include <string.h>

#define STEP_BYTES 64u /* comparing that many bytes costs one step */

static enum tree_error step(const struct tree *tree, tree_id *directory, const char *name, size_t length, int *links);

static size_t part_length(const char *path) {
    return strcspn(path, "/");
}

static const char *skip_slashes(const char *path) {
    while (*path == '/')
        path++;
    return path;
}

static void name_last(struct tree_place *place, const char *name, size_t length) {
    place->name = name;
    place->length = length;
    place->has_slash = name[length] == '/';
    if (length == 1 && name[0] == '.')
        place->kind = PLACE_DOT;
    else if (length == 2 && name[0] == '.' && name[1] == '.')
        place->kind = PLACE_DOTDOT;
    else
        place->kind = PLACE_NAME;
}

/* Continues at the end of the trail if the path begins with it. Returns the rest of the path. */
static const char *follow_trail(const struct tree *tree, const char *path, tree_id *directory, int *links) {
    const struct tree_trail *trail = tree->trail;
    const char *rest = path;

    if (trail->length && strncmp(path, trail->path, trail->length) == 0 && path[trail->length] == '/')
        rest = skip_slashes(path + trail->length);
    if (rest == path || *rest == '\0')
        return path;
    *directory = trail->directory;
    *links = trail->links;
    return rest;
}

/* Records the directory to which the path without its last part led. */
static void leave_trail(const struct tree *tree, const char *path, const struct tree_place *place) {
    struct tree_trail *trail = tree->trail;
    size_t length = place->kind == PLACE_ROOT ? 0 : (size_t)(place->name - path);

    while (length && path[length - 1] == '/')
        length--;
    if (length == 0 || (trail->length == length && memcmp(trail->path, path, length) == 0))
        return;
    memcpy(trail->path, path, length);
    trail->length = length;
    trail->directory = place->parent;
    trail->links = place->links;
}

enum tree_error tree_parent(const struct tree *tree, tree_id start, const char *path, int links,
                            struct tree_place *place) {
    tree_id directory = *path == '/' ? TREE_ROOT : start;
    bool from_root = directory == TREE_ROOT && links == 0;
    const char *whole = path;
    size_t bytes = strlen(path);

    *place = (struct tree_place){.parent = directory, .kind = PLACE_ROOT, .links = links};
    tree->trail->steps += 1 + bytes / STEP_BYTES;
    if (bytes >= NEWC_PATH_MAX)
        return TREE_NAME_TOO_LONG;
    if (from_root)
        path = follow_trail(tree, path, &directory, &place->links);
    path = skip_slashes(path);
    while (*path) {
        size_t length = part_length(path);
        const char *rest = skip_slashes(path + length);
        enum tree_error error;

        if (*rest == '\0') {
            name_last(place, path, length);
            break;
        }
        error = step(tree, &directory, path, length, &place->links);
        if (error != TREE_OK)
            return error;
        if (!tree_is_type(tree, directory, NEWC_DIRECTORY))
            return TREE_NOT_DIRECTORY;
        path = rest;
    }
    place->parent = directory;
    if (from_root)
        leave_trail(tree, whole, place);
    return TREE_OK;
}

/* Moves *directory to its entry `name`, and follows symbolic links. */
static enum tree_error step(const struct tree *tree, tree_id *directory, const char *name, size_t length, int *links) {
    struct tree_place place = {.parent = *directory};
    tree_id found;

    tree->trail->steps += 1 + length / STEP_BYTES;
    name_last(&place, name, length);
    if (place.kind == PLACE_DOT)
        return TREE_OK;
    if (place.kind == PLACE_DOTDOT) {
        *directory = tree_inode_at(tree, *directory)->parent;
        return TREE_OK;
    }
    if (length > TREE_NAME_MAX)
        return TREE_NAME_TOO_LONG;
    found = tree_find_name(tree, *directory, name, length);
    if (found == TREE_NONE)
        return TREE_NO_ENTRY;
    if (tree_is_type(tree, found, NEWC_SYMLINK)) {
        if (++*links > TREE_LINKS_MAX)
            return TREE_LOOP;
        return tree_resolve(tree, *directory, tree_inode_at(tree, found)->target, true, links, directory);
    }
    *directory = found;
    return TREE_OK;
}

enum tree_error tree_resolve(const struct tree *tree, tree_id start, const char *path, bool follow, int *links,
                             tree_id *inode) {
    struct tree_place place;
    enum tree_error error = tree_parent(tree, start, path, *links, &place);

    *links = place.links;
    if (error != TREE_OK)
        return error;
    if (place.kind == PLACE_ROOT) {
        *inode = place.parent;
        return TREE_OK;
    }
    /* "link/" names the target of the link, also for lstat(2). */
    if (follow || place.has_slash || place.kind != PLACE_NAME) {
        error = step(tree, &place.parent, place.name, place.length, links);
        if (error != TREE_OK)
            return error;
        *inode = place.parent;
    } else {
        if (place.length > TREE_NAME_MAX)
            return TREE_NAME_TOO_LONG;
        *inode = tree_find_name(tree, place.parent, place.name, place.length);
        if (*inode == TREE_NONE)
            return TREE_NO_ENTRY;
    }
    if (place.has_slash && !tree_is_type(tree, *inode, NEWC_DIRECTORY))
        return TREE_NOT_DIRECTORY;
    return TREE_OK;
}

enum tree_error tree_lookup(const struct tree *tree, const char *path, bool follow, tree_id *inode) {
    int links = 0;

    *inode = TREE_NONE;
    return tree_resolve(tree, TREE_ROOT, path, follow, &links, inode);
}
