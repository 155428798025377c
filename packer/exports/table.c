/* SPDX-License-Identifier: MIT */
#include "table.h"

#include "address.h"
#include "../../agent/common/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The kinds of keys in the index. */
enum kind { KIND_DIR, KIND_BELOW, KIND_ABOVE, KIND_GROUP, KIND_ADDRESS, KIND_NETWORK, KIND_HOSTS };

static uint64_t key(enum kind kind, uint32_t owner, const void *bytes, size_t size) {
    const uint32_t head[2] = {(uint32_t)kind, owner};

    return text_hash(text_hash(TEXT_HASH, (struct text){(const char *)head, sizeof(head)}), (struct text){bytes, size});
}

struct exports_mark exports_table_mark(const struct exports_table *table) {
    return (struct exports_mark){table->dir_count, table->host_count, table->share_count, table->index.count};
}

void exports_table_back(struct exports_table *table, struct exports_mark mark) {
    while (table->dir_count > mark.dirs)
        free(table->dirs[--table->dir_count].path);
    table->host_count = mark.hosts;
    table->share_count = mark.shares;
    exports_index_cut(&table->index, mark.nodes);
}

static uint32_t find(const struct exports_table *table, enum kind kind, uint32_t volume, const char *path,
                     size_t length) {
    uint64_t hash = key(kind, volume, path, length);
    uint32_t node = EXPORTS_INDEX_END;

    while ((node = exports_index_next(&table->index, hash, node)) != EXPORTS_INDEX_END) {
        uint32_t id = table->index.nodes[node].value;
        const struct exports_dir *dir = &table->dirs[id];

        if (dir->volume == volume && dir->is_below == (kind == KIND_BELOW) && strncmp(dir->path, path, length) == 0 &&
            (kind == KIND_ABOVE ? length == 1 || dir->path[length] == '/' : dir->path[length] == '\0'))
            return id;
    }
    return EXPORTS_NONE;
}

uint32_t exports_table_find(const struct exports_table *table, bool is_below, uint32_t volume, const char *path) {
    return find(table, is_below ? KIND_BELOW : KIND_DIR, volume, path, strlen(path));
}

uint32_t exports_table_nested(const struct exports_table *table, uint32_t volume, const char *path) {
    size_t length = strlen(path);
    uint32_t found = find(table, KIND_ABOVE, volume, path, length);

    for (size_t end = 1; found == EXPORTS_NONE && end < length; end++)
        if (end == 1 || path[end] == '/')
            found = find(table, KIND_DIR, volume, path, end);
    return found;
}

uint32_t exports_table_add_dir(struct exports_table *table, bool is_below, uint32_t volume, const char *path,
                               uint32_t entry, const char *dir) {
    size_t length = strlen(path);
    uint32_t id = table->dir_count;
    struct exports_dir *more = exports_room(table->dirs, id, sizeof(*more));
    char *copy = malloc(length + 1);

    table->dirs = more ? more : table->dirs;
    if (!more || !copy) {
        free(copy);
        return EXPORTS_NONE;
    }
    memcpy(copy, path, length + 1);
    more[id] = (struct exports_dir){.path = copy, .volume = volume, .entry = entry, .word = dir, .is_below = is_below};
    table->dir_count++;
    if (exports_index_add(&table->index, key(is_below ? KIND_BELOW : KIND_DIR, volume, path, length), id) < 0)
        return EXPORTS_NONE;
    for (size_t end = 1; !is_below && end < length; end++)
        if ((end == 1 || path[end] == '/') &&
            exports_index_add(&table->index, key(KIND_ABOVE, volume, path, end), id) < 0)
            return EXPORTS_NONE;
    return id;
}

static bool same_options(const struct exports_table *table, uint32_t a, uint32_t b, bool is_below) {
    const unsigned int counted = EXPORTS_RO | EXPORTS_ALLDIRS | EXPORTS_MAPALL | EXPORTS_MAPROOT | EXPORTS_OFFLINE |
                                 EXPORTS_32BITCLIENTS | EXPORTS_MANGLEDNAMES;
    const struct exports_entry *left = &table->file->entries[a];
    const struct exports_entry *right = &table->file->entries[b];

    return (left->options & counted) == (right->options & counted) &&
           !table->verdicts[a].offline == !table->verdicts[b].offline && left->sec_count == right->sec_count &&
           memcmp(left->secs, right->secs, left->sec_count) == 0 &&
           (is_below || exports_same_cred(&left->cred, &right->cred));
}

static const struct exports_group *group_of(const struct exports_table *table, uint32_t host) {
    return &table->groups.groups[table->hosts[host].group];
}

/* Finds the host of a directory with that key and, unless NULL, that group. Returns its index or EXPORTS_NONE. */
static uint32_t find_host(const struct exports_table *table, uint64_t hash, uint32_t dir,
                          const struct exports_group *group) {
    uint32_t node = EXPORTS_INDEX_END;

    while ((node = exports_index_next(&table->index, hash, node)) != EXPORTS_INDEX_END) {
        uint32_t id = table->index.nodes[node].value;

        if (table->hosts[id].dir == dir && (!group || exports_group_compare(group_of(table, id), group) == 0))
            return id;
    }
    return EXPORTS_NONE;
}

static uint64_t group_key(uint32_t dir, const struct exports_group *group) {
    if (group->type == EXPORTS_GROUP_NETWORK)
        return key(KIND_GROUP, dir, &group->network, sizeof(group->network));
    return key(KIND_GROUP, dir, group->name, strlen(group->name));
}

/* The key of a network is its masked address. The caller gives the mask, which is 0 before the network is exported. */
static uint64_t network_key(uint32_t dir, const struct exports_group *group, uint32_t mask) {
    unsigned char bytes[17] = {group->family};

    for (int i = 0; i < 16; i++)
        bytes[i + 1] = group->network6[i] & group->mask6[i];
    for (int i = 0; group->family == 4 && i < 4; i++)
        bytes[i + 1] = (unsigned char)((group->network & mask) >> (24 - 8 * i));
    return key(KIND_NETWORK, dir, bytes, sizeof(bytes));
}

static uint64_t address_key(uint32_t dir, const struct exports_address *address) {
    return key(KIND_ADDRESS, dir, address, sizeof(*address));
}

/* Finds a host of the directory that has an address of the group. */
static uint32_t find_by_address(const struct exports_table *table, uint32_t dir, const struct exports_group *group) {
    uint32_t found = EXPORTS_NONE;

    if (group->type == EXPORTS_GROUP_NETWORK)
        return find_host(table, network_key(dir, group, group->mask), dir, NULL);
    for (size_t i = 0; found == EXPORTS_NONE && i < group->count; i++)
        found = find_host(table, address_key(dir, &table->groups.addresses[group->first + i]), dir, NULL);
    return found;
}

static int add_host(struct exports_table *table, uint32_t dir, uint32_t group_id, uint32_t entry) {
    struct exports_group *group = &table->groups.groups[group_id];
    uint32_t id = table->host_count;
    struct exports_host *more = exports_room(table->hosts, id, sizeof(*more));
    int rc;

    if (!more)
        return -ENOMEM;
    table->hosts = more;
    more[id] = (struct exports_host){dir, group_id, entry};
    table->host_count++;
    rc = exports_index_add(&table->index, group_key(dir, group), id);
    if (rc == 0)
        rc = exports_index_add(&table->index, key(KIND_HOSTS, dir, "", 0), id);
    if (rc == 0 && group->type == EXPORTS_GROUP_NETWORK)
        rc = exports_index_add(
            &table->index, network_key(dir, group, group->mask ? group->mask : exports_class_mask(group->network)), id);
    for (size_t i = 0; rc == 0 && i < group->count; i++)
        rc = exports_index_add(&table->index, address_key(dir, &table->groups.addresses[group->first + i]), id);
    return rc;
}

static int hang_default(struct exports_table *table, uint32_t dir, uint32_t entry, uint32_t *other) {
    struct exports_dir *at = &table->dirs[dir];

    if (!at->has_default) {
        at->has_default = true;
        at->default_entry = entry;
        return 1;
    }
    *other = at->default_entry;
    return same_options(table, at->default_entry, entry, at->is_below) ? 0 : -EEXIST;
}

int exports_table_hang(struct exports_table *table, uint32_t dir, uint32_t entry, uint32_t *other) {
    const struct exports_verdict *verdict = &table->verdicts[entry];
    bool is_below = table->dirs[dir].is_below;
    int rc = 0;

    if (!verdict->group_count)
        return hang_default(table, dir, entry, other);
    for (uint32_t i = 0; rc >= 0 && i < verdict->group_count; i++) {
        struct exports_group *group = &table->groups.groups[verdict->group + i];
        uint32_t host = find_host(table, group_key(dir, group), dir, group);

        if (host == EXPORTS_NONE)
            host = find_by_address(table, dir, group);
        if (host == EXPORTS_NONE) {
            rc = add_host(table, dir, verdict->group + i, entry) < 0 ? -ENOMEM : 1;
            if (group->type == EXPORTS_GROUP_NETWORK && group->family == 4 && !group->mask)
                group->mask = exports_class_mask(group->network);
        } else if (!same_options(table, table->hosts[host].entry, entry, is_below)) {
            *other = table->hosts[host].entry;
            rc = -EEXIST;
        }
    }
    return rc;
}

const struct exports_host *exports_table_host(const struct exports_table *table, uint32_t dir,
                                              const struct exports_address *address) {
    uint64_t hash = key(KIND_HOSTS, dir, "", 0);
    uint32_t node = EXPORTS_INDEX_END;
    uint32_t best = EXPORTS_NONE;

    while ((node = exports_index_next(&table->index, hash, node)) != EXPORTS_INDEX_END) {
        uint32_t id = table->index.nodes[node].value;

        if (table->hosts[id].dir == dir && exports_group_has(&table->groups, group_of(table, id), address) &&
            (best == EXPORTS_NONE || exports_group_compare(group_of(table, id), group_of(table, best)) < 0))
            best = id;
    }
    return best == EXPORTS_NONE ? NULL : &table->hosts[best];
}

int exports_table_add_share(struct exports_table *table, size_t entry, const char *dir, const char *top) {
    struct exports_share *more = exports_room(table->shares, table->share_count, sizeof(*more));

    if (!more)
        return -ENOMEM;
    table->shares = more;
    more[table->share_count++] = (struct exports_share){entry, dir, top};
    return 0;
}

void exports_table_free(struct exports_table *table) {
    for (uint32_t i = 0; i < table->dir_count; i++)
        free(table->dirs[i].path);
    free(table->dirs);
    free(table->volumes);
    free(table->hosts);
    free(table->shares);
    free(table->verdicts);
    exports_groups_free(&table->groups);
    exports_index_free(&table->index);
    *table = (struct exports_table){0};
}
