/* SPDX-License-Identifier: MIT */
#include "mac_world.h"

#include "../exports/etcfiles.h"
#include "../exports/judge.h"
#include "../host/host.h"
#include "mac_names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The files of a fresh macOS, reduced to what an export can name. */
static const struct {
    const char *path;
    const char *shipped;
} files[MAC_NAMES_FILES] = {
    [MAC_PASSWD] = {"/etc/passwd", "nobody:*:-2:-2::/var/empty:\nroot:*:0:0::/var/root:\ndaemon:*:1:1::/var/root:\n"
                                   "_www:*:70:70::/Library/WebServer:\n"},
    [MAC_GROUP] = {"/etc/group", "nobody:*:-2:\nnogroup:*:-1:\nwheel:*:0:root\ndaemon:*:1:root\nstaff:*:20:root\n"
                                 "admin:*:80:root\neveryone:*:12:\n_www:*:70:\n"},
    [MAC_HOSTS] = {"/etc/hosts", "127.0.0.1 localhost\n255.255.255.255 broadcasthost\n::1 localhost\n"},
    [MAC_NETWORKS] = {"/etc/networks", "loopback 127 loopback-net\n"},
    [MAC_NETGROUP] = {"/etc/netgroup", ""},
};

static struct text text_at(const struct mac_world *world, enum mac_names_file file) {
    if (!world->texts[file])
        return text_of(files[file].shipped);
    return (struct text){world->texts[file], world->sizes[file]};
}

static bool find_user(void *context, const char *name, int32_t uid, struct exports_cred *cred) {
    struct text user;

    if (!etcfiles_user(text_at(context, MAC_PASSWD), name, uid, cred, &user))
        return false;
    etcfiles_memberships(text_at(context, MAC_GROUP), user, cred);
    return true;
}

static bool find_group(void *context, const char *name, int32_t *gid) {
    return etcfiles_group(text_at(context, MAC_GROUP), name, gid);
}

static size_t find_host(void *context, const char *name, struct exports_address *out, size_t max) {
    return etcfiles_host(text_at(context, MAC_HOSTS), name, out, max);
}

static bool find_netgroup(void *context, const char *name, size_t place, char *host, size_t size) {
    return etcfiles_netgroup(text_at(context, MAC_NETGROUP), name, place, host, size);
}

static bool find_network(void *context, const char *name, uint32_t *number) {
    return etcfiles_network(text_at(context, MAC_NETWORKS), name, number);
}

/* A copy of a Mac's files has no firmlinks. The contents of its data volume lie in the root folder itself. */
static const char *without_data(const struct mac_world *world, const char *path) {
    size_t prefix = strlen(EXPORTS_DATA_VOLUME);

    if (world->world.is_split && strncmp(path, EXPORTS_DATA_VOLUME, prefix) == 0 &&
        (path[prefix] == '/' || path[prefix] == '\0') && mac_folder(world->mac, path) != EXPORTS_FOLDER)
        return path[prefix] ? path + prefix : "/";
    return path;
}

static enum exports_folder find_folder(void *context, const char *path) {
    struct mac_world *world = context;

    if (*world->last.path && strcmp(world->last.path, path) == 0)
        return world->last.folder;
    world->last.folder = mac_folder(world->mac, without_data(world, path));
    snprintf(world->last.path, sizeof(world->last.path), "%s", strlen(path) <= EXPORTS_PATH_MAX ? path : "");
    return world->last.folder;
}

/* Returns the length of the mount point of path: the last folder on another device than its parent. */
static size_t mounted_length(const struct mac_world *world, const char *path) {
    char full[MAC_PATH_BYTES];
    struct stat above;
    struct stat here;
    size_t found = 0;
    size_t root = strlen(world->mac->root);

    if (!mac_path(world->mac, path, full))
        return 0;
    above.st_dev = world->root_device;
    for (size_t end = root + 1;; end++) {
        char kept = full[end];

        if (kept != '/' && kept != '\0')
            continue;
        full[end] = '\0';
        if (lstat(full, &here) < 0 || !S_ISDIR(here.st_mode))
            return found;
        if (here.st_dev != above.st_dev || strncmp(full + root, "/Volumes/", 9) == 0) {
            bool is_volume = here.st_dev != above.st_dev || !strchr(full + root + 9, '/');

            found = is_volume ? end - root : found;
        }
        above = here;
        full[end] = kept;
        if (kept == '\0')
            return found;
    }
}

static bool find_volume(void *context, const char *path, char *out, size_t size) {
    struct mac_world *world = context;
    char physical[EXPORTS_PLACE_BYTES];
    const char *plain = without_data(world, path);
    bool is_known = *world->last.volume_path && strcmp(world->last.volume_path, path) == 0;
    size_t length = is_known ? world->last.volume_length : mounted_length(world, plain);
    bool is_data = world->world.is_split && exports_physical(path, physical, sizeof(physical)) &&
                   (strcmp(physical, EXPORTS_DATA_VOLUME) == 0 || exports_is_below(EXPORTS_DATA_VOLUME, physical));

    world->last.volume_length = length;
    snprintf(world->last.volume_path, sizeof(world->last.volume_path), "%s",
             strlen(path) <= EXPORTS_PATH_MAX ? path : "");
    if (!length)
        return (size_t)snprintf(out, size, "%s", is_data ? EXPORTS_DATA_VOLUME : "/") < size;
    return (size_t)snprintf(out, size, "%s%.*s", is_data ? EXPORTS_DATA_VOLUME : "", (int)length, plain) < size;
}

/* The volumes below a root folder have no known UUID. */
static bool find_uuid(void *context, const char *volume, unsigned char uuid[16]) {
    (void)context;
    (void)volume;
    uuid[0] = 0;
    return false;
}

/* Lists the mount points of this machine below the root folder. */
static bool find_mounted(void *context, size_t place, char *out, size_t size) {
    const struct mac_world *world = context;
    size_t root = strlen(world->mac->root);
    char full[MAC_PATH_BYTES];

    for (size_t i = 0; host_mounted(i, full, sizeof(full)); i++)
        if (root && strncmp(full, world->mac->root, root) == 0 && full[root] == '/' && !place--)
            return (size_t)snprintf(out, size, "%s", full + root) < size;
    return false;
}

int mac_world_open(struct mac_world *world, const struct mac *mac, bool is_split, struct image_error *error) {
    struct stat root;

    *world = (struct mac_world){.mac = mac};
    if (!mac->is_rooted) {
        mac_names(&world->world, is_split);
        return 0;
    }
    world->world =
        (struct exports_world){world,        is_split,    find_user,   find_group, find_host,   find_netgroup,
                               find_network, find_folder, find_volume, find_uuid,  find_mounted};
    if (stat(*mac->root ? mac->root : "/", &root) == 0)
        world->root_device = root.st_dev;
    for (int i = 0; i < MAC_NAMES_FILES; i++) {
        world->texts[i] = mac_read(mac, files[i].path, &world->sizes[i], error);
        if (!world->texts[i] && error->error != ENOENT) {
            mac_world_close(world);
            return -1;
        }
    }
    return 0;
}

void mac_world_close(struct mac_world *world) {
    for (int i = 0; i < MAC_NAMES_FILES; i++)
        free(world->texts[i]);
    *world = (struct mac_world){0};
}
