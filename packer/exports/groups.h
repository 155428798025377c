/* SPDX-License-Identifier: MIT */
/*
 * groups: to whom a line of /etc/exports exports: its hosts with their addresses, its netgroups, or its
 * network. Pure; it asks the world for names. Each name is asked for once.
 */
#ifndef PACKER_EXPORTS_GROUPS_H
#define PACKER_EXPORTS_GROUPS_H

#include "index.h"
#include "mac.h"

/* In nfsd's order: the first that fits a client is the one that counts. */
enum exports_group_type { EXPORTS_GROUP_NETGROUP, EXPORTS_GROUP_NETWORK, EXPORTS_GROUP_HOST };

struct exports_group {
    enum exports_group_type type;
    const char *name; /* of a host or a netgroup; one name is one pointer */
    size_t first;     /* of addresses; a host's */
    size_t count;
    unsigned char family; /* of a network */
    uint32_t network;     /* as it was written, not masked */
    uint32_t mask;        /* 0 as long as it was not exported: then the class's */
    unsigned char network6[16];
    unsigned char mask6[16];
};

struct exports_groups {
    const struct exports_world *world;
    struct exports_group *groups;
    size_t count;
    struct exports_address *addresses;
    size_t address_count;
    struct exports_name *names;
    size_t name_count;
    struct exports_index index;
};

/*
 * The groups of an entry, sorted, each once: from groups->groups[*first] to the last one. *good and *bad count the
 * hosts that are known and that are not. 0 or -ENOMEM.
 */
int exports_groups_add(struct exports_groups *groups, const struct exports_mac *file, const struct exports_entry *entry,
                       size_t *first, size_t *good, size_t *bad);

/* Whether the name of a host or netgroup is known. */
bool exports_groups_know(const struct exports_groups *groups, const char *name);

/* Whether a client of that IPv4 address is in the group. */
bool exports_group_has(const struct exports_groups *groups, const struct exports_group *group,
                       const struct exports_address *address);

/* As strcmp: nfsd's order. 0: they are the same group. */
int exports_group_compare(const struct exports_group *a, const struct exports_group *b);

void exports_groups_free(struct exports_groups *groups);

#endif
