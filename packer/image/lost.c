/* SPDX-License-Identifier: MIT */
#include "lost.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool lost_is_all(const struct scan *scan) {
    return scan->faults_seen > 0 && scan->quirks_seen == scan->faults_seen;
}

struct visitor {
    void (*show)(void *context, const char *path);
    void *context;
};

static int visit(void *context, const char *path, tree_id inode, const struct tree_stat *stat) {
    const struct visitor *visitor = context;

    (void)inode;
    if (stat->lost_data && stat->size_bytes == 0)
        visitor->show(visitor->context, path);
    return 0;
}

int lost_walk(const struct lost *lost, void (*show)(void *context, const char *path), void *context) {
    struct visitor visitor = {show, context};

    return tree_walk(lost->scan.tree, visit, &visitor);
}

static void count(void *context, const char *path) {
    struct lost *lost = context;

    if (lost->count++ == 0) {
        lost->first = malloc(strlen(path) + 1);
        if (lost->first)
            memcpy(lost->first, path, strlen(path) + 1);
    }
}

int lost_count(struct lost *lost) {
    if (lost_walk(lost, count, lost))
        return -ENOMEM;
    return lost->count && !lost->first ? -ENOMEM : 0;
}

void lost_free(struct lost *lost) {
    scan_free(&lost->scan);
    free(lost->first);
}
