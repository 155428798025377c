/* SPDX-License-Identifier: MIT */
/*
 * Lists the tree, and names its errors and effects. The walk visits each name once, parents first. It needs memory for
 * an index of the names, for one path, and for the levels of the deepest directory.
 */
#include "tree_private.h"

#include <stdlib.h>
#include <string.h>

struct lister {
    const struct tree *tree;
    struct tree_name **names; /* the live ones, sorted by directory and then by text */
    size_t count;
    int (*visit)(void *context, const char *path, tree_id inode, const struct tree_stat *stat);
    void *context;
    char *path;
    size_t path_size;
};

static int compare_text(const char *a, size_t a_length, const char *b, size_t b_length) {
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);

    if (order)
        return order;
    return (a_length > b_length) - (a_length < b_length);
}

static int compare_names(const void *left, const void *right) {
    const struct tree_name *a = *(struct tree_name *const *)left;
    const struct tree_name *b = *(struct tree_name *const *)right;

    if (a->directory != b->directory)
        return a->directory < b->directory ? -1 : 1;
    return compare_text(a->text, a->length, b->text, b->length);
}

static struct tree_name **sort_names(const struct tree *tree, size_t *count) {
    struct tree_name **names = malloc((size_t)(tree->name_count + 1) * sizeof(struct tree_name *));

    *count = 0;
    if (!names)
        return NULL;
    for (uint32_t slot = 1; slot <= tree->names.count; slot++) {
        struct tree_name *name = tree_name_at(tree, slot);

        if (name->chained.is_live)
            names[(*count)++] = name;
    }
    qsort(names, *count, sizeof(struct tree_name *), compare_names);
    return names;
}

/* Returns the index of the first name of a directory. */
static size_t first_of(const struct lister *lister, tree_id directory) {
    size_t low = 0;
    size_t high = lister->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (lister->names[middle]->directory < directory)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool append_part(struct lister *lister, size_t at, const struct tree_name *name, size_t *end) {
    size_t needed = at + 1 + name->length + 1;

    if (needed > lister->path_size) {
        char *bigger = realloc(lister->path, needed * 2);

        if (!bigger)
            return false;
        lister->path = bigger;
        lister->path_size = needed * 2;
    }
    if (at)
        lister->path[at++] = '/';
    memcpy(lister->path + at, name->text, name->length);
    *end = at + name->length;
    lister->path[*end] = '\0';
    return true;
}

/*
 * One level of the walk. The walk is not recursive, because the tree can be as deep as the image has entries. An array
 * of levels is its stack.
 */
struct level {
    size_t next;     /* the next name of the directory, in lister->names */
    size_t path_end; /* the length of the directory's path */
    tree_id directory;
};

static int visit_name(struct lister *lister, const struct tree_name *name, size_t path_end, size_t *end) {
    struct tree_stat stat;

    if (!append_part(lister, path_end, name, end))
        return -1;
    tree_stat(lister->tree, name->inode, &stat);
    return lister->visit(lister->context, lister->path, name->inode, &stat);
}

static int walk_levels(struct lister *lister, struct level **levels) {
    size_t depth = 1;
    size_t room = 1;

    (*levels)[0] = (struct level){.next = first_of(lister, TREE_ROOT), .directory = TREE_ROOT};
    while (depth) {
        struct level *level = &(*levels)[depth - 1];
        const struct tree_name *name = level->next < lister->count ? lister->names[level->next] : NULL;
        size_t end;
        int rc;

        if (!name || name->directory != level->directory) {
            depth--;
            continue;
        }
        level->next++;
        rc = visit_name(lister, name, level->path_end, &end);
        if (rc)
            return rc;
        if (!tree_is_type(lister->tree, name->inode, NEWC_DIRECTORY) || end >= NEWC_PATH_MAX)
            continue;
        if (depth == room) {
            struct level *more = realloc(*levels, 2 * room * sizeof(*more));

            if (!more)
                return -1;
            *levels = more;
            room *= 2;
        }
        (*levels)[depth++] = (struct level){
            .next = first_of(lister, name->inode),
            .path_end = end,
            .directory = name->inode,
        };
    }
    return 0;
}

int tree_walk(const struct tree *tree,
              int (*visit)(void *context, const char *path, tree_id inode, const struct tree_stat *stat),
              void *context) {
    struct lister lister = {.tree = tree, .visit = visit, .context = context};
    struct level *levels = malloc(sizeof(*levels));
    int rc = -1;

    lister.names = sort_names(tree, &lister.count);
    if (levels && lister.names)
        rc = walk_levels(&lister, &levels);
    free(levels);
    free(lister.names);
    free(lister.path);
    return rc;
}

const char *tree_error_text(enum tree_error error) {
    static const char *const texts[] = {
        [TREE_OK] = "done",
        [TREE_NO_ENTRY] = "its parent or link target does not exist",
        [TREE_NOT_DIRECTORY] = "its parent is not a directory",
        [TREE_IS_DIRECTORY] = "the name is a directory",
        [TREE_NOT_EMPTY] = "the name is a directory that is not empty",
        [TREE_EXISTS] = "the name exists",
        [TREE_LOOP] = "too many symbolic links",
        [TREE_NAME_TOO_LONG] = "the name or the link target is too long",
        [TREE_FULL] = "too many or too long names",
    };

    return error <= TREE_FULL ? texts[error] : "?";
}

const char *tree_effect_word(enum tree_effect effect) {
    static const char *const words[] = {
        [TREE_CREATED] = "created", [TREE_REWRITTEN] = "rewritten", [TREE_REPLACED] = "replaced",
        [TREE_MERGED] = "merged",   [TREE_LINKED] = "linked",       [TREE_DELETED] = "deleted",
        [TREE_DROPPED] = "dropped",
    };

    return effect <= TREE_DROPPED ? words[effect] : "?";
}
