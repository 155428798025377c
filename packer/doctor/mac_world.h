/* SPDX-License-Identifier: MIT */
/*
 * mac_world: fills the world of exports/world.h. Edge. For this Mac it uses the system's lookups (mac_names.h). For a
 * Mac below a root folder it reads etc/passwd, group, hosts, networks and netgroup there. A missing file counts as that
 * of a fresh macOS. The volumes are the mount points below the root, and the folders in /Volumes.
 */
#ifndef PACKER_MAC_WORLD_H
#define PACKER_MAC_WORLD_H

#include "../exports/mac.h"
#include "mac.h"

enum mac_names_file { MAC_PASSWD, MAC_GROUP, MAC_HOSTS, MAC_NETWORKS, MAC_NETGROUP, MAC_NAMES_FILES };

struct mac_world {
    struct exports_world world;
    const struct mac *mac;        /* not owned */
    char *texts[MAC_NAMES_FILES]; /* owned; NULL if the file is missing */
    size_t sizes[MAC_NAMES_FILES];
    dev_t root_device;
    struct { /* a cache of the last lookups: consecutive lines ask for the same folder */
        char path[EXPORTS_PATH_MAX + 1];
        enum exports_folder folder;
        char volume_path[EXPORTS_PATH_MAX + 1];
        size_t volume_length;
    } last;
};

/* Opens the world. It must not be moved in memory, and mac must outlive it. Returns 0, or -1 and *error. */
int mac_world_open(struct mac_world *world, const struct mac *mac, bool is_split, struct image_error *error);
void mac_world_close(struct mac_world *world);

#endif
