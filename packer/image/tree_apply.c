/* SPDX-License-Identifier: MIT */
/* do_name() and do_symlink() of the kernel. They ignore some errors, and so does this. */
#include "tree_private.h"

#include <string.h>

/* Compares an entry that should become a hard link to `from` with the file of its name. tree_clean_path() has removed a
 * file of another type. */
static enum tree_quirk find_quirk(const struct tree *tree, const struct archive_entry *entry, const char *from,
                                  tree_id *there) {
    struct tree_place first;
    struct tree_place second;
    tree_id inode = TREE_NONE;

    if (tree_lookup(tree, entry->name, false, there) != TREE_OK || tree_is_type(tree, *there, NEWC_DIRECTORY))
        return TREE_QUIRK_NONE;
    tree_lookup(tree, from, false, &inode);
    if (inode != *there)
        return TREE_QUIRK_EXISTS;
    if (tree_parent(tree, TREE_ROOT, from, 0, &first) == TREE_OK &&
        tree_parent(tree, TREE_ROOT, entry->name, 0, &second) == TREE_OK && first.parent == second.parent &&
        first.length == second.length && memcmp(first.name, second.name, first.length) == 0)
        return TREE_QUIRK_REPEATED;
    return entry->header.size_bytes ? TREE_QUIRK_EXISTS : TREE_QUIRK_NONE;
}

/* maybe_link(). Returns true if the name became a hard link to an earlier file. */
static bool maybe_link(struct tree *tree, const struct archive_entry *entry, enum tree_error *error,
                       struct tree_result *result) {
    const char *from = NULL;
    tree_id there;

    *error = TREE_OK;
    if (entry->header.links >= 2)
        from = tree_find_link(tree, &entry->header, entry->name);
    if (!from)
        return false;
    result->quirk = find_quirk(tree, entry, from, &there);
    if (tree->options.as_linux_4 && result->quirk != TREE_QUIRK_NONE) {
        if (entry->header.size_bytes)
            tree_inode_at(tree, there)->lost_data = true;
    } else {
        tree_clean_path(tree, entry->name, 0);
    }
    *error = tree_link_name(tree, from, entry->name);
    return *error == TREE_OK;
}

static enum tree_error apply_file(struct tree *tree, const struct archive_entry *entry, unsigned int segment,
                                  struct tree_result *result) {
    enum tree_error error;
    bool linked = maybe_link(tree, entry, &error, result);
    struct tree_inode *file;
    tree_id id;

    if (error != TREE_OK)
        return error;
    error = tree_open_file(tree, entry->name, entry->header.mode, segment, &id);
    if (error != TREE_OK)
        return error;
    tree_change_owner(tree, id, &entry->header);
    tree_change_mode(tree, id, entry->header.mode);
    file = tree_inode_at(tree, id);
    result->inode = id;
    /* cpio(1) stores the data with the last hard link only. The others must not truncate the file. */
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
        file->lost_data = false;
        tree->open_file = id;
        content_start(&tree->content, tree->options.with_crc, wanted ? tree->options.needle : NULL);
    }
    return TREE_OK;
}

static enum tree_error apply_directory(struct tree *tree, const struct archive_entry *entry, unsigned int segment,
                                       struct tree_result *result) {
    enum tree_error error = tree_make_node(tree, entry->name, entry->header.mode, segment, &result->inode);

    if (error == TREE_OK || tree_lookup(tree, entry->name, true, &result->inode) == TREE_OK) {
        tree_change_owner(tree, result->inode, &entry->header);
        tree_change_mode(tree, result->inode, entry->header.mode);
    }
    return error;
}

static enum tree_error apply_special(struct tree *tree, const struct archive_entry *entry, unsigned int segment,
                                     struct tree_result *result) {
    enum tree_error error;

    if (maybe_link(tree, entry, &error, result)) {
        result->effect = TREE_LINKED;
        tree_lookup(tree, entry->name, false, &result->inode);
        return TREE_OK;
    }
    if (error != TREE_OK)
        return error;
    error = tree_make_node(tree, entry->name, entry->header.mode, segment, &result->inode);
    if (error == TREE_OK) {
        struct tree_inode *node = tree_inode_at(tree, result->inode);
        bool device = tree_is_type(tree, result->inode, NEWC_CHAR) || tree_is_type(tree, result->inode, NEWC_BLOCK);

        node->special_major = device ? entry->header.special_major : 0;
        node->special_minor = device ? entry->header.special_minor : 0;
    }
    if (error == TREE_OK || tree_lookup(tree, entry->name, true, &result->inode) == TREE_OK) {
        tree_change_owner(tree, result->inode, &entry->header);
        tree_change_mode(tree, result->inode, entry->header.mode);
    }
    return error;
}

/* The archive reader accepts targets of up to 4096 bytes. readlink(2) of ramfs returns at most 4095. */
static enum tree_error apply_symlink(struct tree *tree, const struct archive_entry *entry, unsigned int segment,
                                     struct tree_result *result) {
    size_t length = strlen(entry->target);
    enum tree_error error;

    tree_clean_path(tree, entry->name, 0);
    error = tree_make_node(tree, entry->name, NEWC_SYMLINK | 0777, segment, &result->inode);
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
        tree_change_owner(tree, result->inode, &entry->header);
    return error;
}

/* Finds the effect from the inodes of the name before and after the entry. */
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

/* do_name() and do_symlink(), without the test for a trailer. */
static enum tree_error apply_type(struct tree *tree, const struct archive_entry *entry, unsigned int segment,
                                  struct tree_result *result) {
    uint32_t type = entry->header.mode & NEWC_TYPE;

    if (type == NEWC_SYMLINK)
        return apply_symlink(tree, entry, segment, result);
    tree_clean_path(tree, entry->name, type);
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
    default: /* an unknown type: the kernel has deleted the old file and creates none */
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
    if (tree->options.steps && tree->trail->steps > tree->options.steps && tree->limit == TREE_LIMIT_NONE)
        tree->limit = TREE_LIMIT_STEPS;
    if (tree->limit != TREE_LIMIT_NONE)
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
    tree_forget_links(tree);
}
