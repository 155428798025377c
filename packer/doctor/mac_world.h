/* SPDX-License-Identifier: MIT */
/*
 * mac_world: the world of exports_world.h. Edge. Of a Mac below a root folder: its etc/passwd, group, hosts, networks
 * and netgroup (where one is missing, what macOS is shipped with), its folders, and as volumes whatever is mounted in
 * it and each folder in /Volumes. Of this Mac: what its system says, see mac_names.h.
 */
#ifndef PACKER_MAC_WORLD_H
#define PACKER_MAC_WORLD_H

#include "../exports/mac.h"
#include "mac.h"

enum mac_names_file { MAC_PASSWD, MAC_GROUP, MAC_HOSTS, MAC_NETWORKS, MAC_NETGROUP, MAC_NAMES_FILES };

struct mac_world {
    struct exports_world world;
    const struct mac *mac;        /* not owned */
    char *texts[MAC_NAMES_FILES]; /* owned; NULL: there is no such file */
    size_t sizes[MAC_NAMES_FILES];
    dev_t root_device;
    struct { /* the last answers: line after line asks for the same folder */
        char path[EXPORTS_PATH_MAX + 1];
        enum exports_folder folder;
        char volume_path[EXPORTS_PATH_MAX + 1];
        size_t volume_length;
    } last;
};

/* The world points into itself: it must not be moved. mac must outlive it. 0 or -1 and *error. */
int mac_world_open(struct mac_world *world, const struct mac *mac, bool is_split, struct image_error *error);
void mac_world_close(struct mac_world *world);

#endif
