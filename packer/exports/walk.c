/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *exports_walk_dir(const struct exports_walk *walk, size_t i) {
    return walk->view->file->words[walk->entry->first_dir + i];
}

void exports_walk_refuse(struct exports_walk *walk, enum exports_fault fault, const char *word) {
    walk->verdict->fault = fault;
    walk->verdict->word = word;
}

/* Returns the index of the volume with that mount point, or EXPORTS_NONE without memory. */
static uint32_t volume_at(struct exports_table *table, const char *path) {
    struct exports_volume *more;

    for (uint32_t i = 0; i < table->volume_count; i++)
        if (strcmp(table->volumes[i].path, path) == 0)
            return i;
    more = realloc(table->volumes, (table->volume_count + 1) * sizeof(*more));
    if (!more)
        return EXPORTS_NONE;
    table->volumes = more;
    more[table->volume_count] = (struct exports_volume){.is_listed = false};
    snprintf(more[table->volume_count].path, sizeof(more->path), "%s", path);
    return table->volume_count++;
}

static bool has_uuid(const struct exports_view *view, const struct exports_entry *entry, const char *volume) {
    unsigned char uuid[16];

    return !(entry->options & EXPORTS_FSUUID) || !view->world->uuid(view->world->context, volume, uuid) ||
           memcmp(uuid, entry->fsuuid, sizeof(uuid)) == 0;
}

/* Finds the deepest folder that contains all directories of the entry. */
static void find_common(const struct exports_walk *walk, char common[EXPORTS_PLACE_BYTES]) {
    char buffer[EXPORTS_PLACE_BYTES];
    const char *path = exports_place(walk->view, exports_walk_dir(walk, 0), buffer);

    memcpy(common, path, strlen(path) + 1);
    for (size_t i = 1; i < walk->entry->dir_count; i++) {
        path = exports_place(walk->view, exports_walk_dir(walk, i), buffer);
        while (strcmp(common, path) != 0 && !exports_is_below(common, path)) {
            char *slash = strrchr(common, '/');

            if (slash == common) {
                common[1] = '\0';
                return;
            }
            *slash = '\0';
        }
    }
}

/* Finds the volume to which nfsd falls back if that of the entry is missing. It must have seen the volume before. */
static uint32_t find_fallback(const struct exports_walk *walk) {
    const struct exports_table *table = &walk->view->table;
    bool is_named = walk->entry->options & (EXPORTS_FSPATH | EXPORTS_FSUUID);
    char common[EXPORTS_PLACE_BYTES];
    uint32_t best = EXPORTS_NONE;

    if (!is_named)
        find_common(walk, common);
    for (uint32_t i = 0; i < table->volume_count; i++) {
        const char *path = table->volumes[i].path;
        bool fits = is_named ? has_uuid(walk->view, walk->entry, path) &&
                                   (!(walk->entry->options & EXPORTS_FSPATH) || strcmp(path, walk->entry->fspath) == 0)
                             : strcmp(path, common) == 0 || exports_is_below(path, common);

        if (table->volumes[i].is_listed && fits &&
            (best == EXPORTS_NONE || strlen(path) > strlen(table->volumes[best].path)))
            best = i;
    }
    return best;
}

/* Finds the first directory that exists. Skips those below a missing one. Returns dir_count if none exists. */
static size_t find_first(const struct exports_walk *walk) {
    const struct exports_world *world = walk->view->world;
    size_t i = 0;

    while (i < walk->entry->dir_count && world->folder(world->context, exports_walk_dir(walk, i)) != EXPORTS_FOLDER) {
        const char *missing = exports_walk_dir(walk, i);

        do
            i++;
        while (i < walk->entry->dir_count && exports_is_below(missing, exports_walk_dir(walk, i)));
    }
    return i;
}

enum exports_fault exports_walk_why(const struct exports_walk *walk, const char *dir) {
    const struct exports_world *world = walk->view->world;

    return world->folder(world->context, dir) == EXPORTS_FOLDER_LINK ? EXPORTS_LINK : EXPORTS_NOT_FOLDER;
}

static void fall_back(struct exports_walk *walk, uint32_t fallback, enum exports_fault fault, const char *word) {
    if (fallback == EXPORTS_NONE) {
        exports_walk_refuse(walk, fault, word);
        return;
    }
    walk->volume = fallback;
    walk->verdict->offline = fault;
    walk->verdict->word = word;
}

int exports_walk_volume(struct exports_walk *walk) {
    const struct exports_world *world = walk->view->world;
    struct exports_table *table = &walk->view->table;
    uint32_t fallback = find_fallback(walk);
    size_t first = find_first(walk);
    char path[EXPORTS_VOLUME_BYTES];

    if (first == walk->entry->dir_count) {
        fall_back(walk, fallback, exports_walk_why(walk, exports_walk_dir(walk, 0)), exports_walk_dir(walk, 0));
        return 0;
    }
    if (!world->volume(world->context, exports_walk_dir(walk, first), path, sizeof(path)))
        memcpy(path, "/", 2);
    walk->volume = volume_at(table, path);
    if (walk->volume == EXPORTS_NONE)
        return -ENOMEM;
    if ((walk->entry->options & EXPORTS_FSPATH) && strcmp(path, walk->entry->fspath) != 0) {
        fall_back(walk, fallback, EXPORTS_OTHER_FSPATH, walk->entry->fspath);
        return 0;
    }
    if (fallback != EXPORTS_NONE && exports_is_below(path, table->volumes[fallback].path)) {
        fall_back(walk, fallback, EXPORTS_OTHER_VOLUME, exports_walk_dir(walk, first));
        return 0;
    }
    table->volumes[walk->volume].is_listed = true;
    if (!has_uuid(walk->view, walk->entry, path))
        fall_back(walk, fallback, EXPORTS_OTHER_FSUUID, "");
    return 0;
}
