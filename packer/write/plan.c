/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include "../image/newc.h"

#include <string.h>

#define RELATIVE_TARGET "../../init.d/usermount"

struct file {
    enum plan_source source;
    const char *path;
    uint32_t mode;
};

static const struct file files[] = {
    {PLAN_AGENT, PLAN_AGENT_PATH, NEWC_REGULAR | 0755},
    {PLAN_INITD, PLAN_INITD_PATH, NEWC_REGULAR | 0755},
    {PLAN_LINK, PLAN_LINK_PATH, NEWC_SYMLINK | 0777},
    {PLAN_CONFIG, PLAN_CONFIG_PATH, NEWC_REGULAR | 0644},
    /* Checked only for conflicts: it is written as a segment of its own. */
    {PLAN_MANIFEST, MANIFEST_PATH, NEWC_REGULAR | 0644},
};

static bool is_planned(const struct plan *plan, const char *path) {
    for (size_t i = 0; i < plan->count; i++)
        if (strcmp(plan->items[i].path, path) == 0)
            return true;
    return false;
}

static struct plan_item *add_item(struct plan *plan, enum plan_source source, const char *path, uint32_t mode) {
    struct plan_item *item = &plan->items[plan->count++];

    *item = (struct plan_item){.source = source, .path = path, .mode = mode};
    return item;
}

/* Plans the directory that the first `length` bytes of path name. */
static enum plan_refusal plan_directory(const struct tree *tree, struct plan *plan, const char *path, size_t length) {
    char *text = plan->texts[plan->count];
    struct tree_stat stat;
    tree_id inode;

    memcpy(text, path, length);
    text[length] = '\0';
    if (is_planned(plan, text))
        return PLAN_GO;
    if (tree_lookup(tree, text, true, &inode) == TREE_OK) {
        tree_stat(tree, inode, &stat);
        if ((stat.mode & NEWC_TYPE) == NEWC_DIRECTORY)
            return PLAN_GO;
    } else if (tree_lookup(tree, text, false, &inode) == TREE_NO_ENTRY) {
        add_item(plan, PLAN_DIRECTORY, text, NEWC_DIRECTORY | 0755);
        return PLAN_GO;
    }
    plan->refused_path = text;
    return PLAN_PATH_BROKEN;
}

static enum plan_refusal plan_parents(const struct tree *tree, struct plan *plan, const char *path) {
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        enum plan_refusal refusal = plan_directory(tree, plan, path, (size_t)(slash - path));

        if (refusal != PLAN_GO)
            return refusal;
    }
    return PLAN_GO;
}

/* Whether the base's link is that of rc-update(8), absolute or relative, or leads to the same service. */
static bool is_our_link(const struct tree *tree, const char *target) {
    tree_id service;
    tree_id found;

    if (!target)
        return false;
    if (strcmp(target, PLAN_LINK_TARGET) == 0 || strcmp(target, RELATIVE_TARGET) == 0)
        return true;
    return tree_lookup(tree, PLAN_INITD_PATH, true, &service) == TREE_OK &&
           tree_lookup(tree, PLAN_LINK_PATH, true, &found) == TREE_OK && service == found;
}

static enum plan_refusal plan_file(const struct tree *tree, struct plan *plan, const struct file *file, bool force) {
    enum plan_refusal refusal = plan_parents(tree, plan, file->path);
    struct tree_stat stat = {0};
    struct plan_item *item;
    tree_id inode;
    bool there;

    if (refusal != PLAN_GO)
        return refusal;
    there = tree_lookup(tree, file->path, false, &inode) == TREE_OK;
    if (there)
        tree_stat(tree, inode, &stat);
    if (there && file->source == PLAN_LINK && is_our_link(tree, stat.target))
        return PLAN_GO;
    if (there && (file->source == PLAN_LINK || (stat.mode & NEWC_TYPE) != NEWC_REGULAR)) {
        plan->refused_path = file->path;
        return PLAN_PATH_TAKEN;
    }
    if (there && file->source == PLAN_INITD && !force) {
        plan->refused_path = file->path;
        return PLAN_HAS_SERVICE;
    }
    if (file->source == PLAN_MANIFEST)
        return PLAN_GO;
    item = add_item(plan, file->source, file->path, file->mode);
    item->overrides = there;
    item->is_fresh = there && stat.links > 1;
    return PLAN_GO;
}

static bool has_manifest(const struct tree *tree) {
    struct tree_stat stat;
    tree_id inode;

    if (tree_lookup(tree, MANIFEST_PATH, false, &inode) != TREE_OK)
        return false;
    tree_stat(tree, inode, &stat);
    return (stat.mode & NEWC_TYPE) == NEWC_REGULAR;
}

enum plan_refusal plan_make(const struct tree *tree, const struct census *census, bool force, struct plan *plan) {
    *plan = (struct plan){0};
    if (!census->has_openrc && !force)
        return PLAN_NO_OPENRC;
    if (census->nfs == CENSUS_NFS_ABSENT && !force)
        return PLAN_NO_NFS;
    if (census->machine == 0)
        return PLAN_NO_PROGRAM;
    /* Checked before the files: plan_file() would take the packed service for another tool's. */
    if (has_manifest(tree))
        return PLAN_HAS_MANIFEST;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        enum plan_refusal refusal = plan_file(tree, plan, &files[i], force);

        if (refusal != PLAN_GO)
            return refusal;
    }
    return PLAN_GO;
}

static const char *const reasons[] = {
    [PLAN_GO] = "nothing prevents it",
    [PLAN_NO_OPENRC] = "it contains no OpenRC to start the agent",
    [PLAN_NO_NFS] = "its kernel modules include no NFS client",
    [PLAN_HAS_SERVICE] =
        "docker-for-mac-nfs or a similar tool packed it; restore Docker's own image (see docs/reference.md)",
    [PLAN_NO_PROGRAM] = "it contains no program, so its architecture is unknown",
    [PLAN_HAS_MANIFEST] = "it was changed after it was packed",
    [PLAN_PATH_TAKEN] = "the image uses this name for something else",
    [PLAN_PATH_BROKEN] = "it is a file or a dangling link, not a directory",
    [PLAN_TOO_LARGE] = "it would exceed 2 GiB, the most that a kernel can load",
};

bool plan_can_be_forced(enum plan_refusal refusal) {
    return refusal == PLAN_NO_OPENRC || refusal == PLAN_NO_NFS || refusal == PLAN_HAS_SERVICE;
}

const char *plan_refusal_text(enum plan_refusal refusal) {
    return refusal <= PLAN_TOO_LARGE ? reasons[refusal] : "unknown";
}

uint64_t plan_padding(uint64_t base_bytes) {
    return newc_align(base_bytes) - base_bytes;
}

bool plan_fits(const struct manifest *manifest, uint64_t size) {
    if (size % 4 || size < MANIFEST_SEGMENT_BYTES || manifest->base_bytes == 0 || manifest->base_bytes > size)
        return false;
    /* A payload has at least a trailer. */
    return newc_align(manifest->base_bytes) < size - MANIFEST_SEGMENT_BYTES;
}
