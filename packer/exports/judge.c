/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include "address.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Whether the kernel accepts a directory that it has not exported yet. */
static bool kernel_takes(struct exports_walk *walk, const char *dir) {
    const struct exports_world *world = walk->view->world;
    char path[EXPORTS_VOLUME_BYTES];

    if (walk->is_lenient)
        return true;
    if (world->folder(world->context, dir) != EXPORTS_FOLDER) {
        exports_walk_refuse(walk, exports_walk_why(walk, dir), dir);
        return false;
    }
    if (world->volume(world->context, dir, path, sizeof(path)) &&
        strcmp(path, walk->view->table.volumes[walk->volume].path) != 0) {
        exports_walk_refuse(walk, EXPORTS_OTHER_VOLUME, dir);
        return false;
    }
    return true;
}

static int refuse_for(struct exports_walk *walk, enum exports_fault fault, const char *dir, size_t other,
                      uint32_t other_dir) {
    exports_walk_refuse(walk, fault, dir);
    walk->verdict->other = other;
    walk->verdict->other_dir = walk->view->table.dirs[other_dir].word;
    return 0;
}

/* Exports one directory and sets *id. A fault goes to the verdict. Returns 0 or -ENOMEM. */
static int export_dir(struct exports_walk *walk, const char *dir, uint32_t *id) {
    struct exports_table *table = &walk->view->table;
    struct exports_mark mark = exports_table_mark(table);
    char buffer[EXPORTS_PLACE_BYTES];
    const char *path = exports_place(walk->view, dir, buffer);
    const char *volume = table->volumes[walk->volume].path;
    uint32_t other = exports_table_nested(table, walk->volume, path);
    bool is_new;
    int rc;

    if (other != EXPORTS_NONE)
        return refuse_for(walk, EXPORTS_NESTED, dir, table->dirs[other].entry, other);
    *id = exports_table_find(table, false, walk->volume, path);
    is_new = *id == EXPORTS_NONE;
    if (is_new && strncmp(path, volume, strlen(volume)) != 0) {
        exports_walk_refuse(walk, EXPORTS_OTHER_VOLUME, dir);
        return 0;
    }
    if (is_new)
        *id = exports_table_add_dir(table, false, walk->volume, path, walk->index, dir);
    if (*id == EXPORTS_NONE)
        return -ENOMEM;
    rc = exports_table_hang(table, *id, walk->index, &other);
    if (rc == -EEXIST) {
        refuse_for(walk, walk->verdict->group_count ? EXPORTS_TWICE : EXPORTS_TWO_DEFAULTS, dir, other, *id);
        exports_table_back(table, mark);
        return 0;
    }
    if (rc > 0 && is_new && !kernel_takes(walk, dir)) {
        exports_table_back(table, mark);
        return 0;
    }
    return rc < 0 ? rc : exports_table_add_share(table, walk->index, dir, dir);
}

/* Adds a directory below `top` on the same line. nfsd allows it to be mounted, and does not check that it exists. */
static int export_below(struct exports_walk *walk, const char *dir, const char *top, uint32_t parent) {
    struct exports_table *table = &walk->view->table;
    char buffer[EXPORTS_PLACE_BYTES];
    const char *path = exports_place(walk->view, dir, buffer);
    uint32_t id = exports_table_find(table, true, parent, path);
    uint32_t other;
    int rc;

    if (id == EXPORTS_NONE)
        id = exports_table_add_dir(table, true, parent, path, walk->index, dir);
    if (id == EXPORTS_NONE)
        return -ENOMEM;
    rc = exports_table_hang(table, id, walk->index, &other);
    if (rc == -EEXIST) {
        walk->verdict->hidden_dir = dir;
        walk->verdict->other = other;
        return 0;
    }
    return rc < 0 ? rc : exports_table_add_share(table, walk->index, dir, top);
}

/* Exports the directories in their order, up to the first one that is refused. */
static int export_dirs(struct exports_walk *walk) {
    size_t count = walk->entry->dir_count;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < count && walk->verdict->fault == EXPORTS_FINE;) {
        const char *top = exports_walk_dir(walk, i++);
        uint32_t id = EXPORTS_NONE;

        rc = export_dir(walk, top, &id);
        for (; rc == 0 && i < count && exports_is_below(top, exports_walk_dir(walk, i)); i++)
            if (walk->verdict->fault == EXPORTS_FINE)
                rc = export_below(walk, exports_walk_dir(walk, i), top, id);
    }
    return rc;
}

static int find_groups(struct exports_walk *walk) {
    struct exports_groups *groups = &walk->view->table.groups;
    bool is_network = walk->entry->options & EXPORTS_NETWORK;
    size_t first;
    size_t good;
    size_t bad;
    int rc = exports_groups_add(groups, walk->view->file, walk->entry, &first, &good, &bad);

    walk->verdict->group = (uint32_t)first;
    walk->verdict->group_count = (uint32_t)(groups->count - first);
    if (rc == 0 && !is_network && !good && bad)
        exports_walk_refuse(walk, EXPORTS_NO_HOST, walk->view->file->words[walk->entry->first_host]);
    else if (rc == 0 && is_network && groups->groups[first].type != EXPORTS_GROUP_NETWORK)
        exports_walk_refuse(walk, EXPORTS_NETWORK_AND_HOSTS, "");
    return rc;
}

/* If nfsd refuses an entry after some of its directories, it forgets the volume, unless an earlier line exports it. */
static int take_entry(struct exports_view *view, uint32_t index) {
    struct exports_table *table = &view->table;
    struct exports_walk walk = {view, index, &view->file->entries[index], &table->verdicts[index], EXPORTS_NONE, false};
    struct exports_mark mark = exports_table_mark(table);
    int rc;

    if (walk.entry->fault != EXPORTS_FINE) {
        exports_walk_refuse(&walk, walk.entry->fault, walk.entry->fault_word);
        return 0;
    }
    rc = find_groups(&walk);
    if (rc == 0 && walk.verdict->fault == EXPORTS_FINE)
        rc = exports_walk_volume(&walk);
    if (rc < 0 || walk.verdict->fault != EXPORTS_FINE)
        return rc;
    walk.is_lenient = walk.verdict->offline || (walk.entry->options & EXPORTS_OFFLINE);
    rc = export_dirs(&walk);
    if (walk.verdict->fault == EXPORTS_FINE)
        table->volumes[walk.volume].has_lines = true;
    else if (!table->volumes[walk.volume].has_lines)
        exports_table_back(table, mark);
    return rc;
}

int exports_judge(struct exports_view *view, const struct exports_mac *file, const struct exports_world *world) {
    int rc = 0;

    *view = (struct exports_view){.file = file, .world = world, .table = {.file = file, .groups = {.world = world}}};
    view->table.verdicts = calloc(file->count + 1, sizeof(*view->table.verdicts));
    if (!view->table.verdicts)
        return -ENOMEM;
    for (size_t i = 0; i < file->count; i++)
        view->table.verdicts[i].word = "";
    for (size_t i = 0; rc == 0 && i < file->count; i++)
        rc = take_entry(view, (uint32_t)i);
    return rc;
}

void exports_view_free(struct exports_view *view) {
    exports_table_free(&view->table);
    *view = (struct exports_view){0};
}
