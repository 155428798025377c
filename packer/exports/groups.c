/* SPDX-License-Identifier: MIT */
#include "groups.h"

#include "address.h"
#include "../../agent/common/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 256
#define MEMBERS_MAX 4096 /* of a netgroup */
#define DEPTH_MAX 8      /* of netgroups in netgroups */

struct exports_name {
    char *text; /* owned */
    size_t first;
    size_t count;
    bool is_netgroup;
};

static const struct exports_name *find(const struct exports_groups *groups, const char *text) {
    uint64_t hash = text_hash(TEXT_HASH, text_of(text));
    uint32_t node = EXPORTS_INDEX_END;

    while ((node = exports_index_next(&groups->index, hash, node)) != EXPORTS_INDEX_END)
        if (strcmp(groups->names[groups->index.nodes[node].value].text, text) == 0)
            return &groups->names[groups->index.nodes[node].value];
    return NULL;
}

static int keep_addresses(struct exports_groups *groups, const struct exports_address *addresses, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct exports_address *more = exports_room(groups->addresses, groups->address_count, sizeof(*more));

        if (!more)
            return -ENOMEM;
        groups->addresses = more;
        more[groups->address_count++] = addresses[i];
    }
    return 0;
}

/* Looks up a new name in the world. */
static int ask(struct exports_groups *groups, const char *text) {
    const struct exports_world *world = groups->world;
    struct exports_address addresses[EXPORTS_ADDRESSES_MAX];
    struct exports_name *name = exports_room(groups->names, groups->name_count, sizeof(*name));
    char member[NAME_BYTES];

    if (!name)
        return -ENOMEM;
    groups->names = name;
    name += groups->name_count++;
    *name = (struct exports_name){.first = groups->address_count};
    name->is_netgroup = world->netgroup(world->context, text, 0, member, sizeof(member));
    if (!name->is_netgroup)
        name->count = exports_address(text, &addresses[0])
                          ? 1
                          : world->host(world->context, text, addresses, EXPORTS_ADDRESSES_MAX);
    name->text = strdup(text);
    if (!name->text || keep_addresses(groups, addresses, name->count) < 0)
        return -ENOMEM;
    return exports_index_add(&groups->index, text_hash(TEXT_HASH, text_of(text)), (uint32_t)groups->name_count - 1);
}

static int add_group(struct exports_groups *groups, const struct exports_group *group) {
    struct exports_group *more = exports_room(groups->groups, groups->count, sizeof(*more));

    if (!more)
        return -ENOMEM;
    groups->groups = more;
    more[groups->count++] = *group;
    return 0;
}

static int add_name(struct exports_groups *groups, const char *text, unsigned int depth, size_t *good, size_t *bad);

/* Adds the hosts of a netgroup, beside the netgroup itself. */
static int add_members(struct exports_groups *groups, const char *text, unsigned int depth, size_t *good, size_t *bad) {
    const struct exports_world *world = groups->world;
    char member[NAME_BYTES];
    int rc = 0;

    for (size_t i = 0; rc == 0 && depth < DEPTH_MAX && i < MEMBERS_MAX; i++) {
        if (!world->netgroup(world->context, text, i, member, sizeof(member)))
            break;
        if (strcmp(member, text) != 0)
            rc = add_name(groups, member, depth + 1, good, bad);
    }
    return rc;
}

static int add_name(struct exports_groups *groups, const char *text, unsigned int depth, size_t *good, size_t *bad) {
    const struct exports_name *name = find(groups, text);
    struct exports_group group = {.type = EXPORTS_GROUP_HOST};
    int rc = name ? 0 : ask(groups, text);

    if (rc < 0)
        return rc;
    name = name ? name : &groups->names[groups->name_count - 1];
    group.name = name->text;
    group.first = name->first;
    group.count = name->count;
    if (name->is_netgroup) {
        group.type = EXPORTS_GROUP_NETGROUP;
        rc = depth ? 0 : add_group(groups, &group);
        return rc < 0 ? rc : add_members(groups, group.name, depth, good, bad);
    }
    *(name->count ? good : bad) += 1;
    return name->count ? add_group(groups, &group) : 0;
}

int exports_group_compare(const struct exports_group *a, const struct exports_group *b) {
    int order;

    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    if (a->type != EXPORTS_GROUP_NETWORK)
        return strcmp(a->name, b->name);
    if (a->family != b->family)
        return a->family < b->family ? -1 : 1;
    if (a->network != b->network)
        return a->network < b->network ? -1 : 1;
    if (a->mask != b->mask)
        return a->mask < b->mask ? -1 : 1;
    order = memcmp(a->network6, b->network6, sizeof(a->network6));
    return order ? order : memcmp(a->mask6, b->mask6, sizeof(a->mask6));
}

static int compare(const void *a, const void *b) {
    return exports_group_compare(a, b);
}

static void sort(struct exports_groups *groups, size_t first) {
    size_t kept = first;

    if (groups->count > first)
        qsort(groups->groups + first, groups->count - first, sizeof(*groups->groups), compare);
    for (size_t i = first; i < groups->count; i++)
        if (kept == first || compare(&groups->groups[kept - 1], &groups->groups[i]) != 0)
            groups->groups[kept++] = groups->groups[i];
    groups->count = kept;
}

int exports_groups_add(struct exports_groups *groups, const struct exports_mac *file, const struct exports_entry *entry,
                       size_t *first, size_t *good, size_t *bad) {
    struct exports_group network = {
        .type = EXPORTS_GROUP_NETWORK, .family = entry->network_family, .network = entry->network, .mask = entry->mask};
    int rc = 0;

    *first = groups->count;
    *good = *bad = 0;
    for (size_t i = 0; rc == 0 && i < entry->host_count; i++)
        rc = add_name(groups, file->words[entry->first_host + i], 0, good, bad);
    if (rc == 0 && (entry->options & EXPORTS_NETWORK) && groups->count == *first) {
        memcpy(network.network6, entry->network6, sizeof(network.network6));
        memcpy(network.mask6, entry->mask6, sizeof(network.mask6));
        rc = add_group(groups, &network);
    }
    sort(groups, *first);
    return rc;
}

bool exports_groups_know(const struct exports_groups *groups, const char *name) {
    const struct exports_name *found = find(groups, name);

    return found && (found->is_netgroup || found->count);
}

bool exports_group_has(const struct exports_groups *groups, const struct exports_group *group,
                       const struct exports_address *address) {
    uint32_t number = 0;

    for (int i = 0; i < 4; i++)
        number = number << 8 | address->bytes[i];
    if (group->type == EXPORTS_GROUP_NETWORK)
        return group->family == 4 && (number & group->mask) == group->network;
    for (size_t i = 0; i < group->count; i++)
        if (exports_same_address(&groups->addresses[group->first + i], address))
            return true;
    return false;
}

void exports_groups_free(struct exports_groups *groups) {
    for (size_t i = 0; i < groups->name_count; i++)
        free(groups->names[i].text);
    free(groups->names);
    free(groups->groups);
    free(groups->addresses);
    exports_index_free(&groups->index);
    *groups = (struct exports_groups){0};
}
