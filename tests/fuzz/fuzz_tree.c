/* SPDX-License-Identifier: MIT */
/*
 * The tree: the input is a program of entries over a few short names, so that they meet often. Whatever they are,
 * the tree stays one: each name is listed once, parents first and as directories, and found again by lookup; the
 * names of an inode are as many as it says.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../packer/image/tree.h"

#define TREE_BYTES (1u << 20)
#define IDS_MAX 4096

struct check {
    const struct tree *tree;
    uint64_t names;
    uint32_t seen[IDS_MAX];
    uint32_t links[IDS_MAX];
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition) {
    if (!condition)
        abort();
}

static int visit(void *context, const char *path, tree_id inode, const struct tree_stat *stat) {
    struct check *check = context;
    tree_id found;

    check->names++;
    require(strlen(path) >= NEWC_PATH_MAX || tree_lookup(check->tree, path, false, &found) != TREE_OK ||
            found == inode);
    if (strlen(path) < NEWC_PATH_MAX)
        require(tree_lookup(check->tree, path, false, &found) == TREE_OK);
    if (inode < IDS_MAX) {
        check->seen[inode]++;
        check->links[inode] = stat->links;
    }
    require((stat->target != NULL) == ((stat->mode & NEWC_TYPE) == NEWC_SYMLINK));
    return 0;
}

/* A path of up to seven parts from one byte each: a name, "..", ".", or nothing (a slash more). */
static size_t read_path(const uint8_t *data, size_t size, char *path) {
    static const char *const parts[] = {"a",    "b", "c", "d", "..", ".", "",  "dev",
                                        "root", "e", "f", "g", "h",  "i", "j", "k"};
    size_t count = size ? data[0] % 8 : 0;
    size_t used = 1;

    *path = '\0';
    for (size_t i = 0; i < count && used < size; i++, used++) {
        if (i || data[0] & 0x80)
            strcat(path, "/");
        strcat(path, parts[data[used] % 16]);
    }
    return used < size ? used : size;
}

static void apply_one(struct tree *tree, const uint8_t **data, size_t *size) {
    static const uint32_t types[] = {NEWC_REGULAR, NEWC_DIRECTORY, NEWC_SYMLINK, NEWC_CHAR,
                                     NEWC_FIFO,    NEWC_DIRECTORY, NEWC_REGULAR, 0};
    char name[64];
    char target[64];
    struct archive_entry entry = {.name = name};
    uint8_t head = (*data)[0];
    size_t used;

    entry.header.mode = types[head % 8] | 0644;
    entry.header.links = head & 0x08 ? 2 : 1;
    entry.header.inode = head >> 4 & 3;
    entry.header.size_bytes = head & 0x40 ? 3 : 0;
    *data += 1;
    *size -= 1;
    used = read_path(*data, *size, name);
    *data += used;
    *size -= used;
    if ((entry.header.mode & NEWC_TYPE) == NEWC_SYMLINK) {
        used = read_path(*data, *size, target);
        *data += used;
        *size -= used;
        entry.target = target;
    }
    if (head & 0x80)
        tree_trailer(tree);
    if (tree_apply(tree, &entry, 1).writes && entry.header.size_bytes) {
        tree_data(tree, (const unsigned char *)"abc", 3);
        tree_data_end(tree);
    }
}

static void build(const uint8_t *data, size_t size, bool as_linux_4) {
    const struct tree_options options = {
        .memory_bytes = TREE_BYTES, .with_crc = true, .as_linux_4 = as_linux_4, .key = {size, 1}};
    struct tree *tree = tree_new(&options);
    struct check check = {.tree = tree};

    require(tree != NULL);
    while (size && tree_limit(tree) == TREE_LIMIT_NONE)
        apply_one(tree, &data, &size);
    tree_end(tree);
    require(tree_walk(tree, visit, &check) == 0);
    require(check.names == tree_names(tree));
    for (size_t i = 0; i < IDS_MAX; i++)
        require(check.seen[i] == check.links[i]);
    tree_free(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    build(data, size, false);
    build(data, size, true);
    return 0;
}
