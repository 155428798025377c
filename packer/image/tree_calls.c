/* SPDX-License-Identifier: MIT */
/*
 * Simulates the system calls of init/initramfs.c on the tree, with the effect that they have on a ramfs. Sources:
 * fs/namei.c, fs/open.c and fs/init.c; init/initramfs.c for clean_path() and find_link().
 */
#include "tree_private.h"

#include <string.h>

#define KEEP_OWNER 0xffffffffu /* chown(2): -1 does not change the owner */
#define PERMISSIONS 07777u

static enum tree_error remove_place(struct tree *tree, const struct tree_place *place, tree_id inode) {
    struct tree_inode *node = tree_inode_at(tree, inode);
    bool directory = tree_is_type(tree, inode, NEWC_DIRECTORY);

    if (directory && node->children)
        return TREE_NOT_EMPTY;
    if (!directory && place->has_slash)
        return TREE_NOT_DIRECTORY;
    tree_remove_name(tree, place->parent, place->name, place->length);
    return TREE_OK;
}

void tree_clean_path(struct tree *tree, const char *path, uint32_t type) {
    struct tree_place place;
    tree_id seen;
    tree_id named;

    if (tree_lookup(tree, path, false, &seen) != TREE_OK || tree_is_type(tree, seen, type))
        return;
    if (tree_parent(tree, TREE_ROOT, path, 0, &place) != TREE_OK || place.kind != PLACE_NAME)
        return;
    named = tree_find_name(tree, place.parent, place.name, place.length);
    /* They differ if a slash follows a symbolic link: rmdir("link/") fails with ENOTDIR. */
    if (named == seen)
        remove_place(tree, &place, named);
}

/* filename_create(): checks that a new name can be created. */
static enum tree_error free_place(const struct tree *tree, const char *path, bool directory, struct tree_place *place) {
    enum tree_error error = tree_parent(tree, TREE_ROOT, path, 0, place);

    if (error != TREE_OK)
        return error;
    if (place->kind != PLACE_NAME)
        return TREE_EXISTS;
    if (place->length > TREE_NAME_MAX)
        return TREE_NAME_TOO_LONG;
    if (tree_find_name(tree, place->parent, place->name, place->length) != TREE_NONE)
        return TREE_EXISTS;
    return place->has_slash && !directory ? TREE_NO_ENTRY : TREE_OK;
}

enum tree_error tree_make_node(struct tree *tree, const char *path, uint32_t mode, unsigned int segment,
                               tree_id *made) {
    struct tree_place place;
    enum tree_error error = free_place(tree, path, (mode & NEWC_TYPE) == NEWC_DIRECTORY, &place);

    if (error != TREE_OK)
        return error;
    *made = tree_add_inode(tree, mode, segment);
    if (*made == TREE_NONE || !tree_add_name(tree, place.parent, place.name, place.length, *made))
        return TREE_FULL;
    return TREE_OK;
}

enum tree_error tree_open_file(struct tree *tree, const char *path, uint32_t mode, unsigned int segment,
                               tree_id *file) {
    tree_id start = TREE_ROOT;
    int links = 0;

    for (;;) {
        struct tree_place place;
        enum tree_error error = tree_parent(tree, start, path, links, &place);

        if (error != TREE_OK)
            return error;
        if (place.kind != PLACE_NAME || place.has_slash)
            return TREE_IS_DIRECTORY;
        if (place.length > TREE_NAME_MAX)
            return TREE_NAME_TOO_LONG;
        *file = tree_find_name(tree, place.parent, place.name, place.length);
        if (*file == TREE_NONE) {
            *file = tree_add_inode(tree, mode, segment);
            if (*file == TREE_NONE || !tree_add_name(tree, place.parent, place.name, place.length, *file))
                return TREE_FULL;
            return TREE_OK;
        }
        if (!tree_is_type(tree, *file, NEWC_SYMLINK))
            return tree_is_type(tree, *file, NEWC_DIRECTORY) ? TREE_IS_DIRECTORY : TREE_OK;
        links = place.links + 1;
        if (links > TREE_LINKS_MAX)
            return TREE_LOOP;
        start = place.parent;
        path = tree_inode_at(tree, *file)->target;
    }
}

void tree_change_owner(struct tree *tree, tree_id inode, const struct newc_header *header) {
    struct tree_inode *node = tree_inode_at(tree, inode);

    if (header->uid != KEEP_OWNER)
        node->uid = header->uid;
    if (header->gid != KEEP_OWNER)
        node->gid = header->gid;
}

void tree_change_mode(struct tree *tree, tree_id inode, uint32_t mode) {
    struct tree_inode *node = tree_inode_at(tree, inode);

    node->mode = (node->mode & NEWC_TYPE) | (mode & PERMISSIONS);
}

static uint32_t hash_number(const struct tree *tree, const struct newc_header *header) {
    const uint32_t numbers[] = {header->inode, header->device_major, header->device_minor};

    return tree_hash(tree, header->mode & NEWC_TYPE, (const char *)numbers, sizeof(numbers));
}

const char *tree_find_link(struct tree *tree, const struct newc_header *header, const char *path) {
    uint32_t type = header->mode & NEWC_TYPE;
    uint32_t hash = hash_number(tree, header);
    struct tree_link *link;
    uint32_t slot;

    if (tree->links.count >= tree->link_heads.count && !tree_heads_grow(tree, &tree->link_heads, &tree->links))
        return NULL;
    for (slot = *tree_head(&tree->link_heads, hash); slot; slot = link->chained.next) {
        link = (struct tree_link *)tree->links.items + slot;
        if (link->inode_number == header->inode && link->major == header->device_major &&
            link->minor == header->device_minor && link->type == type)
            return link->path;
    }
    path = tree_keep(tree, path, strlen(path));
    link = path ? tree_table_add(tree, &tree->links, &slot) : NULL;
    if (!link)
        return NULL;
    *link = (struct tree_link){
        .inode_number = header->inode,
        .major = header->device_major,
        .minor = header->device_minor,
        .type = type,
        .path = path,
    };
    tree_heads_put(&tree->link_heads, &link->chained, hash, slot);
    return NULL;
}

void tree_forget_links(struct tree *tree) {
    for (uint32_t slot = 1; slot <= tree->links.count; slot++)
        *tree_head(&tree->link_heads, ((struct tree_link *)tree->links.items + slot)->chained.hash) = 0;
    tree->links.count = 0;
}

enum tree_error tree_link_name(struct tree *tree, const char *from, const char *path) {
    struct tree_place place;
    tree_id inode;
    enum tree_error error = tree_lookup(tree, from, false, &inode);

    if (error != TREE_OK)
        return error;
    error = free_place(tree, path, false, &place);
    if (error != TREE_OK)
        return error;
    if (tree_is_type(tree, inode, NEWC_DIRECTORY))
        return TREE_IS_DIRECTORY;
    return tree_add_name(tree, place.parent, place.name, place.length, inode) ? TREE_OK : TREE_FULL;
}
