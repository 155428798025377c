/* SPDX-License-Identifier: MIT */
/*
 * server: which server a mount asks, as things stand now: the configured one, or the default route's gateway. Edge.
 */
#ifndef USERMOUNT_SERVER_H
#define USERMOUNT_SERVER_H

#include "../settings/config.h"
#include "../engine/evidence.h"
#include "../probe/probe.h"

/* The server's name or address; empty where it is `gateway` and there is no default route. */
void server_name(const struct config_mount *mount, struct text_out *out);

/* "192.168.65.1:/Users": the source for mount(2), as /proc/mounts shows it. */
void server_source(const struct config_mount *mount, struct text_out *out);

/* Address and ports for a mount without a probe: what the user asked for, and NFS's usual port. False, with nothing
 * changed, where the server has a name or there is no default route. */
bool server_guess(const struct config *config, const struct config_mount *mount, struct evidence *evidence);

/* What a probe of `mount` asks. */
void server_request(const struct config *config, const struct config_mount *mount, struct probe_request *request);

#endif
