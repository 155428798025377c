/* SPDX-License-Identifier: MIT */
/*
 * server: which server a mount uses now: the configured one, or the default route's gateway. Edge: for the gateway it
 * reads /proc/net/route at each call.
 */
#ifndef USERMOUNT_SERVER_H
#define USERMOUNT_SERVER_H

#include "../settings/config.h"
#include "../engine/evidence.h"
#include "../probe/probe.h"

/* Appends the server's name or address; nothing if the server is `gateway` and there is no default route. */
void server_name(const struct config_mount *mount, struct text_out *out);

/* Appends "192.168.65.1:/Users": the source for mount(2), as /proc/mounts shows it. */
void server_source(const struct config_mount *mount, struct text_out *out);

/* Fills the address and ports for a mount without a probe: the ports that the user gave, and NFS's usual port. False,
 * and *evidence unchanged, if the server has a name or there is no default route. */
bool server_guess(const struct config *config, const struct config_mount *mount, struct evidence *evidence);

/* Fills the request for a probe of `mount`. */
void server_request(const struct config *config, const struct config_mount *mount, struct probe_request *request);

#endif
