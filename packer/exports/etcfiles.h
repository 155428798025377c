/* SPDX-License-Identifier: MIT */
/*
 * etcfiles: single answers out of /etc/passwd, group, hosts, networks and netgroup. Pure. Sources: passwd(5), group(5),
 * hosts(5), networks(5), netgroup(5). What is no line of such a file is passed over; the first line that fits counts.
 */
#ifndef PACKER_ETCFILES_H
#define PACKER_ETCFILES_H

#include "../../agent/common/text.h"
#include "world.h"

/* The user of that name, or of that number where name is NULL, with his own group alone. */
bool etcfiles_user(struct text passwd, const char *name, int32_t uid, struct exports_cred *cred, struct text *found);

bool etcfiles_group(struct text group, const char *name, int32_t *gid);

/* Adds the groups that the user is a member of, each once. */
void etcfiles_memberships(struct text group, struct text user, struct exports_cred *cred);

/* The addresses of a name, in any letters: of every line that has it. */
size_t etcfiles_host(struct text hosts, const char *name, struct exports_address *out, size_t max);

bool etcfiles_network(struct text networks, const char *name, uint32_t *number);

/* The host of the netgroup's triple at that place; a name between the triples is another netgroup's. */
bool etcfiles_netgroup(struct text netgroup, const char *name, size_t place, char *host, size_t size);

#endif
