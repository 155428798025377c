/* SPDX-License-Identifier: MIT */
/*
 * What the kernel does for one entry. Each function stands for the system call (or its in-kernel
 * twin) that it is named after; errors are ignored where the kernel ignores them.
 */
#include "tree_private.h"

#include <string.h>

#define KEEP_OWNER 0xffffffffu /* chown(2): -1 leaves the owner alone */
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

/* clean_path(): deletes what is at path if its type differs from `type`; 0 differs from every type. */
static void clean_path(struct tree *tree, const char *path, uint32_t type) {
    struct tree_place place;
    tree_id seen;
    tree_id named;

    if (tree_lookup(tree, path, false, &seen) != TREE_OK || tree_is_type(tree, seen, type))
        return;
    if (tree_parent(tree, TREE_ROOT, path, 0, &place) != TREE_OK || place.kind != PLACE_NAME)
        return;
    named = tree_find_name(tree, place.parent, place.name, place.length);
    /* With a slash behind a link the two differ: rmdir("link/") says ENOTDIR. */
    if (named == seen)
        remove_place(tree, &place, named);
}

/* filename_create(): a place for a new name. */
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

static enum tree_error make_node(struct tree *tree, const char *path, uint32_t mode, unsigned int segment,
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

/* open(2) with O_CREAT and O_WRONLY; a last link is followed, also one that leads nowhere yet. */
static enum tree_error open_file(struct tree *tree, const char *path, uint32_t mode, unsigned int segment,
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

static void change_owner(struct tree *tree, tree_id inode, const struct newc_header *header) {
    struct tree_inode *node = tree_inode_at(tree, inode);

    if (header->uid != KEEP_OWNER)
        node->uid = header->uid;
    if (header->gid != KEEP_OWNER)
        node->gid = header->gid;
}

static void change_mode(struct tree *tree, tree_id inode, uint32_t mode) {
    struct tree_inode *node = tree_inode_at(tree, inode);

    node->mode = (node->mode & NEWC_TYPE) | (mode & PERMISSIONS);
}

/* find_link(): the name an earlier entry with this inode number had, or NULL after noting this one. */
static const char *find_link(struct tree *tree, const struct newc_header *header, const char *path) {
    uint32_t type = header->mode & NEWC_TYPE;
    uint32_t hash = (header->inode ^ header->device_minor ^ header->device_major << 8) * 2654435761u;
    uint32_t *head = &tree->link_heads[hash >> 20 & (TREE_LINK_HEADS - 1)];
    struct tree_link *link;
    uint32_t slot;

    for (slot = *head; slot; slot = link->next) {
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
        .next = *head,
        .path = path,
    };
    *head = slot;
    return NULL;
}

static enum tree_error link_name(struct tree *tree, const char *from, const char *path) {
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

/* maybe_link(). Returns true when the name became a further one of an earlier file. */
static bool maybe_link(struct tree *tree, const struct archive_entry *entry, enum tree_error *error) {
    const char *from = NULL;

    *error = TREE_OK;
    if (entry->header.links >= 2)
        from = find_link(tree, &entry->header, entry->name);
    if (!from)
        return false;
    clean_path(tree, entry->name, 0);
    *error = link_name(tree, from, entry->name);
    return *error == TREE_OK;
}

static enum tree_error apply_file(struct tree *tree, const struct archive_entry *entry, unsigned int segment,
                                  struct tree_result *result) {
    enum tree_error error;
    bool linked = maybe_link(tree, entry, &error);
    struct tree_inode *file;
    tree_id id;

    if (error != TREE_OK)
        return error;
    error = open_file(tree, entry->name, entry->header.mode, segment, &id);
    if (error != TREE_OK)
        return error;
    change_owner(tree, id, &entry->header);
    change_mode(tree, id, entry->header.mode);
    file = tree_inode_at(tree, id);
    result->inode = id;
    /* A further name without data leaves the data alone: that is how cpio stores hard links. */
    result->writes = !linked || entry->header.size_bytes;
    if (linked)
        result->effect = TREE_LINKED;
    if (result->writes) {
        bool wanted = tree->options.needle_file != NULL;
        const char *base = strrchr(entry->name, '/');

        wanted = wanted && strcmp(base ? base + 1 : entry->name, tree->options.needle_file) == 0;
        file->segment = segment;
        file->size_bytes = entry->header.size_bytes;
        file->is_cut = false;
        tree->open_file = id;
        content_start(&tree->content, tree->options.with_crc, wanted ? tree->options.needle : NULL);
    }
    return TREE_OK;
}

static enum tree_error apply_directory(struct tree *tree, const struct archive_entry *entry, unsigned int segment,
                                       struct tree_result *result) {
    enum tree_error error = make_node(tree, entry->name, entry->header.mode, segment, &result->inode);

    if (error == TREE_OK || tree_lookup(tree, entry->name, true, &result->inode) == TREE_OK) {
        change_owner(tree, result->inode, &entry->header);
        change_mode(tree, result->inode, entry->header.mode);
    }
    return error;
}

static enum tree_error apply_special(struct tree *tree, const struct archive_entry *entry, unsigned int segment,
                                     struct tree_result *result) {
    enum tree_error error;

    if (maybe_link(tree, entry, &error)) {
        result->effect = TREE_LINKED;
        tree_lookup(tree, entry->name, false, &result->inode);
        return TREE_OK;
    }
    if (error != TREE_OK)
        return error;
    error = make_node(tree, entry->name, entry->header.mode, segment, &result->inode);
    if (error == TREE_OK) {
        struct tree_inode *node = tree_inode_at(tree, result->inode);
        bool device = tree_is_type(tree, result->inode, NEWC_CHAR) || tree_is_type(tree, result->inode, NEWC_BLOCK);

        node->special_major = device ? entry->header.special_major : 0;
        node->special_minor = device ? entry->header.special_minor : 0;
    }
    if (error == TREE_OK || tree_lookup(tree, entry->name, true, &result->inode) == TREE_OK) {
        change_owner(tree, result->inode, &entry->header);
        change_mode(tree, result->inode, entry->header.mode);
    }
    return error;
}

/* The archive reader lets targets of up to 4096 bytes through; ramfs cuts what readlink(2) gives to 4095. */
static enum tree_error apply_symlink(struct tree *tree, const struct archive_entry *entry, unsigned int segment,
                                     struct tree_result *result) {
    size_t length = strlen(entry->target);
    enum tree_error error;

    clean_path(tree, entry->name, 0);
    error = make_node(tree, entry->name, NEWC_SYMLINK | 0777, segment, &result->inode);
    if (error == TREE_OK) {
        struct tree_inode *node = tree_inode_at(tree, result->inode);

        node->size_bytes = length;
        node->target = tree_keep(tree, entry->target, length < NEWC_PATH_MAX ? length : NEWC_PATH_MAX - 1);
        if (!node->target) {
            node->target = "";
            return TREE_FULL;
        }
    }
    if (error == TREE_OK || tree_lookup(tree, entry->name, false, &result->inode) == TREE_OK)
        change_owner(tree, result->inode, &entry->header);
    return error;
}

/* From what was there before and what is there now to one word. */
static void judge(struct tree_result *result, enum tree_error error, tree_id before, tree_id after) {
    result->error = error;
    if (result->effect == TREE_LINKED)
        return;
    if (error == TREE_OK && before == TREE_NONE)
        result->effect = TREE_CREATED;
    else if (error == TREE_OK)
        result->effect = before == after ? TREE_REWRITTEN : TREE_REPLACED;
    else if (error == TREE_EXISTS && result->inode != TREE_NONE)
        result->effect = TREE_MERGED;
    else
        result->effect = before != TREE_NONE && after == TREE_NONE ? TREE_DELETED : TREE_DROPPED;
    if (result->effect == TREE_MERGED)
        result->error = TREE_OK;
}

/* do_name() and do_symlink() behind the test for a trailer. */
static enum tree_error apply_type(struct tree *tree, const struct archive_entry *entry, unsigned int segment,
                                  struct tree_result *result) {
    uint32_t type = entry->header.mode & NEWC_TYPE;

    if (type == NEWC_SYMLINK)
        return apply_symlink(tree, entry, segment, result);
    clean_path(tree, entry->name, type);
    switch (type) {
    case NEWC_REGULAR:
        return apply_file(tree, entry, segment, result);
    case NEWC_DIRECTORY:
        return apply_directory(tree, entry, segment, result);
    case NEWC_BLOCK:
    case NEWC_CHAR:
    case NEWC_FIFO:
    case NEWC_SOCKET:
        return apply_special(tree, entry, segment, result);
    default: /* a type that the kernel does not know only deletes */
        return TREE_NO_ENTRY;
    }
}

static bool has_changed(const struct tree_inode *a, const struct tree_inode *b) {
    return a->mode != b->mode || a->uid != b->uid || a->gid != b->gid;
}

struct tree_result tree_apply(struct tree *tree, const struct archive_entry *entry, unsigned int segment) {
    struct tree_result result = {.effect = TREE_CREATED};
    enum tree_error error;
    struct tree_inode seen = {0};
    tree_id before = TREE_NONE;
    tree_id after = TREE_NONE;

    tree_end(tree);
    if (tree_lookup(tree, entry->name, false, &before) == TREE_OK) {
        seen = *tree_inode_at(tree, before);
        result.existed = true;
        result.before = seen.segment;
    } else {
        before = TREE_NONE;
    }
    error = apply_type(tree, entry, segment, &result);
    if (tree_lookup(tree, entry->name, false, &after) != TREE_OK)
        after = TREE_NONE;
    if (tree->is_full)
        error = TREE_FULL;
    judge(&result, error, before, after);
    if (result.effect == TREE_MERGED && after != TREE_NONE)
        result.changed = has_changed(&seen, tree_inode_at(tree, after));
    return result;
}

void tree_data(struct tree *tree, const unsigned char *bytes, size_t size) {
    content_feed(&tree->content, bytes, size);
}

void tree_data_end(struct tree *tree) {
    struct tree_inode *file = tree_inode_at(tree, tree->open_file);

    if (tree->open_file == TREE_NONE)
        return;
    file->crc32 = tree->content.crc32;
    file->machine = content_machine(&tree->content);
    file->mentions = tree->content.found;
    tree->open_file = TREE_NONE;
}

void tree_end(struct tree *tree) {
    if (tree->open_file != TREE_NONE)
        tree_inode_at(tree, tree->open_file)->is_cut = true;
    tree_data_end(tree);
}

void tree_trailer(struct tree *tree) {
    tree->links.count = 0;
    memset(tree->link_heads, 0, sizeof(tree->link_heads));
}
