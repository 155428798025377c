/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "server.h"

#include "../settings/mountspec.h"
#include "../settings/options.h"
#include "../probe/socket.h"
#include "route.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void put_gateway(struct text_out *out) {
    char table[4096];
    int fd = open("/proc/net/route", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, table, sizeof table);

    if (fd >= 0)
        close(fd);
    if (n > 0)
        route_gateway((struct text){table, (size_t)n}, out);
}

void server_name(const struct config_mount *mount, struct text_out *out) {
    if (strcmp(mount->server, "gateway") == 0)
        put_gateway(out);
    else
        text_put(out, mount->server);
}

void server_source(const struct config_mount *mount, struct text_out *out) {
    char server[CONFIG_SERVER_SIZE];
    struct text_out made = text_out(server, sizeof server);

    server_name(mount, &made);
    mountspec_source(server, mount->export, out);
}

void server_request(const struct config *config, const struct config_mount *mount, struct probe_request *request) {
    struct options asked;

    memset(request, 0, sizeof *request);
    struct text_out server = text_out(request->server, sizeof request->server);
    server_name(mount, &server);
    memcpy(request->export, mount->export, sizeof mount->export);
    options_build(config->options, mount->options, NULL, &asked);
    request->nfs_port = asked.nfs_port;
    request->mount_port = asked.mount_port;
}

bool server_guess(const struct config *config, const struct config_mount *mount, struct evidence *evidence) {
    struct probe_request request;
    struct probe_address address;

    server_request(config, mount, &request);
    if (!probe_address_read(request.server, &address))
        return false;
    text_copy(text_of(request.server), evidence->address, sizeof evidence->address);
    evidence->nfs_port = request.nfs_port ? request.nfs_port : PROBE_NFS_PORT;
    evidence->mount_port = request.mount_port;
    return true;
}
