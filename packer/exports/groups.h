/* SPDX-License-Identifier: MIT */
/*
 * groups: collects the clients of a line of /etc/exports: hosts with their addresses, netgroups, or a network. Pure. It
 * looks up each name once in the world. Source: nfsd/mountd.c, get_host_addresses(), get_net() and grpcmp().
 */
#ifndef PACKER_EXPORTS_GROUPS_H
#define PACKER_EXPORTS_GROUPS_H

#include "index.h"
#include "mac.h"

/* In nfsd's order: the first group that matches a client counts. */
enum exports_group_type { EXPORTS_GROUP_NETGROUP, EXPORTS_GROUP_NETWORK, EXPORTS_GROUP_HOST };

struct exports_group {
    enum exports_group_type type;
    const char *name;     /* of a host or a netgroup; the same name is always the same pointer */
    size_t first;         /* of a host: the index of its first address */
    size_t count;         /* of a host: the number of its addresses */
    unsigned char family; /* of a network: 4 or 6 */
    uint32_t network;     /* as written, not masked; in host order */
    uint32_t mask;        /* in host order; 0 before it is exported without -mask, then that of the class */
    unsigned char network6[16];
    unsigned char mask6[16];
};

/* Zero all fields but `world` to begin. */
struct exports_groups {
    const struct exports_world *world; /* not owned */
    struct exports_group *groups;
    size_t count;
    struct exports_address *addresses;
    size_t address_count;
    struct exports_name *names;
    size_t name_count;
    struct exports_index index;
};

/*
 * Appends the groups of an entry, sorted and without duplicates, from groups->groups[*first] on. Sets *good and *bad to
 * the number of known and unknown hosts. Returns 0 or -ENOMEM.
 */
int exports_groups_add(struct exports_groups *groups, const struct exports_mac *file, const struct exports_entry *entry,
                       size_t *first, size_t *good, size_t *bad);

/* True if the name of a host or a netgroup is known. Only for names that were added. */
bool exports_groups_know(const struct exports_groups *groups, const char *name);

/* True if the client with that address is in the group. Networks match IPv4 addresses only. */
bool exports_group_has(const struct exports_groups *groups, const struct exports_group *group,
                       const struct exports_address *address);

/* Compares two groups in nfsd's order, like strcmp(3). Returns 0 if they are the same group. */
int exports_group_compare(const struct exports_group *a, const struct exports_group *b);

void exports_groups_free(struct exports_groups *groups);

#endif
