/* SPDX-License-Identifier: MIT */
/*
 * etcfiles: looks up entries in the text of /etc/passwd, group, hosts, networks and netgroup. Pure. A line that cannot
 * be parsed is skipped. The first matching line counts, except for etcfiles_host. Sources: passwd(5), group(5),
 * hosts(5), networks(5), netgroup(5).
 */
#ifndef PACKER_ETCFILES_H
#define PACKER_ETCFILES_H

#include "../../agent/common/text.h"
#include "world.h"

/*
 * Finds a user by name, or by uid if name is NULL. Sets *cred with the primary group only, and *found to the user's
 * name in passwd. Returns false if there is none.
 */
bool etcfiles_user(struct text passwd, const char *name, int32_t uid, struct exports_cred *cred, struct text *found);

/* Finds the number of a group. Returns false if there is none. */
bool etcfiles_group(struct text group, const char *name, int32_t *gid);

/* Adds the groups of which the user is a member, each once, up to EXPORTS_GROUPS_MAX. */
void etcfiles_memberships(struct text group, struct text user, struct exports_cred *cred);

/* Collects up to max addresses of a name, from all lines. Ignores case. Returns their number. */
size_t etcfiles_host(struct text hosts, const char *name, struct exports_address *out, size_t max);

/* Finds the number of a network by its name or an alias, in host order. Returns false if there is none. */
bool etcfiles_network(struct text networks, const char *name, uint32_t *number);

/*
 * Copies member number `place`, counted from 0, of a netgroup to host: the host of a triple, or the name of another
 * netgroup. Returns false if there is none.
 */
bool etcfiles_netgroup(struct text netgroup, const char *name, size_t place, char *host, size_t size);

#endif
