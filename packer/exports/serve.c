/* SPDX-License-Identifier: MIT */
/* Searches the table in nfsd's order: the directory itself, one that is named below it, then one with -alldirs. */
#include "judge.h"

#include "address.h"

#include <string.h>

struct search {
    const struct exports_view *view;
    const struct exports_address *client;
    struct exports_service service; /* the best so far */
};

/* Checks one directory. Returns true if it serves the path. Records the closest miss. */
static bool look(struct search *search, uint32_t id, bool is_below) {
    const struct exports_table *table = &search->view->table;
    const struct exports_dir *dir = &table->dirs[id];
    const struct exports_host *host = exports_table_host(table, id, search->client);
    bool has_host = host && (!is_below || (search->view->file->entries[host->entry].options & EXPORTS_ALLDIRS));
    struct exports_service service = {.dir = dir->word};

    if (has_host || dir->has_default) {
        service.entry = has_host ? host->entry : dir->default_entry;
        service.is_everyone = !has_host;
        if (is_below && !(search->view->file->entries[service.entry].options & EXPORTS_ALLDIRS))
            service.answer = EXPORTS_NOT_ALLDIRS;
    } else if (host) {
        service.entry = host->entry;
        service.answer = EXPORTS_NOT_ALLDIRS;
    } else {
        service.entry = dir->entry;
        service.answer = EXPORTS_OTHER_HOSTS;
        if (is_below && !(search->view->file->entries[dir->entry].options & EXPORTS_ALLDIRS))
            return false;
    }
    if (search->service.answer == EXPORTS_MISSING || service.answer < search->service.answer)
        search->service = service;
    return service.answer == EXPORTS_SERVED;
}

/* Finds the exported directory that is path, or that contains it; *is_below in the second case. */
static uint32_t find_top(const struct exports_table *table, uint32_t volume, const char *path, bool *is_below) {
    char prefix[EXPORTS_PLACE_BYTES];
    uint32_t id = exports_table_find(table, false, volume, path);
    size_t length = strlen(path);

    *is_below = id == EXPORTS_NONE;
    if (length >= sizeof(prefix))
        return id;
    memcpy(prefix, path, length + 1);
    while (id == EXPORTS_NONE && length > 1) {
        length--;
        if (length > 1 && prefix[length] != '/')
            continue;
        prefix[length] = '\0';
        id = exports_table_find(table, false, volume, prefix);
    }
    return id;
}

static void search_volume(struct search *search, uint32_t volume, const char *path) {
    const struct exports_table *table = &search->view->table;
    bool is_below;
    uint32_t top = find_top(table, volume, path, &is_below);
    char prefix[EXPORTS_PLACE_BYTES];
    size_t length = strlen(path);

    if (top == EXPORTS_NONE || (!is_below && look(search, top, false)) || length >= sizeof(prefix) || !is_below)
        return;
    for (size_t end = 1; end <= length; end++) {
        uint32_t id;

        if (end > 1 && end < length && path[end] != '/')
            continue;
        memcpy(prefix, path, end);
        prefix[end] = '\0';
        id = exports_table_find(table, true, top, prefix);
        if (id != EXPORTS_NONE && look(search, id, end < length))
            return;
    }
    look(search, top, true);
}

struct exports_service exports_serve_to(const struct exports_view *view, const char *path,
                                        const struct exports_address *client) {
    const struct exports_world *world = view->world;
    struct search search = {.view = view, .client = client, .service = {.answer = EXPORTS_MISSING}};
    char volume[EXPORTS_VOLUME_BYTES];
    char physical[EXPORTS_PLACE_BYTES];
    const char *name = exports_place(view, path, physical);

    if (world->folder(world->context, path) == EXPORTS_FOLDER_MISSING ||
        !world->volume(world->context, path, volume, sizeof(volume)))
        return search.service;
    for (uint32_t i = 0; i < view->table.volume_count; i++)
        if (strcmp(view->table.volumes[i].path, volume) == 0)
            search_volume(&search, i, name);
    return search.service;
}

struct exports_service exports_serve(const struct exports_view *view, const char *path) {
    return exports_serve_to(view, path, &exports_loopback);
}

bool exports_blocks(const struct exports_view *view, const char *path, struct exports_block *block) {
    const struct exports_world *world = view->world;
    const struct exports_table *table = &view->table;
    char volume[EXPORTS_VOLUME_BYTES];
    char physical[EXPORTS_PLACE_BYTES];
    const char *name = exports_place(view, path, physical);

    if (!world->volume(world->context, path, volume, sizeof(volume)))
        return false;
    for (uint32_t i = 0; i < table->volume_count; i++) {
        uint32_t nested = exports_table_nested(table, i, name);
        uint32_t same = exports_table_find(table, false, i, name);
        const struct exports_host *host = NULL;

        if (strcmp(table->volumes[i].path, volume) != 0)
            continue;
        if (same != EXPORTS_NONE)
            host = exports_table_host(table, same, &exports_loopback);
        if (nested != EXPORTS_NONE || host) {
            uint32_t id = nested != EXPORTS_NONE ? nested : same;

            *block = (struct exports_block){nested != EXPORTS_NONE, host ? host->entry : table->dirs[id].entry,
                                            table->dirs[id].word};
            return true;
        }
    }
    return false;
}
