/* SPDX-License-Identifier: MIT */
/* A small Mac for exports: what is in these tables, and every folder, but for /missing, /link and what is below. */
#ifndef TESTS_UNIT_EXPORTS_WORLD_H
#define TESTS_UNIT_EXPORTS_WORLD_H

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../../packer/exports/world.h"

static bool world_user(void *context, const char *name, int32_t uid, struct exports_cred *cred) {
    static const struct {
        const char *name;
        int32_t uid;
        int32_t gid;
    } users[] = {{"root", 0, 0}, {"me", 501, 20}, {"nobody", -2, -2}};

    (void)context;
    for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++)
        if (name ? strcmp(users[i].name, name) == 0 : users[i].uid == uid) {
            *cred = (struct exports_cred){users[i].uid, {users[i].gid}, 1};
            return true;
        }
    return false;
}

static bool world_group(void *context, const char *name, int32_t *gid) {
    (void)context;
    *gid = 20;
    return strcmp(name, "staff") == 0;
}

static size_t world_host(void *context, const char *name, struct exports_address *out, size_t max) {
    static const struct exports_address six = {6, {[15] = 1}};
    static const struct exports_address four = {4, {127, 0, 0, 1}};

    (void)context;
    (void)max;
    if (strcasecmp(name, "localhost") == 0) {
        out[0] = six;
        out[1] = four;
        return 2;
    }
    out[0] = (struct exports_address){4, {10, 0, 0, (unsigned char)(*name | 0x20)}};
    return strlen(name) == 1 && ((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z'));
}

static bool world_netgroup(void *context, const char *name, size_t place, char *host, size_t size) {
    static const char *const members[] = {"h", "i"};

    (void)context;
    if (strcmp(name, "friends") != 0 || place >= 2)
        return false;
    snprintf(host, size, "%s", members[place]);
    return true;
}

static bool world_network(void *context, const char *name, uint32_t *number) {
    (void)context;
    *number = 127;
    return strcmp(name, "loopback") == 0;
}

static enum exports_folder world_folder(void *context, const char *path) {
    (void)context;
    if (strstr(path, "missing"))
        return EXPORTS_FOLDER_MISSING;
    return strstr(path, "link") ? EXPORTS_FOLDER_LINK : EXPORTS_FOLDER;
}

static bool world_is_split;

static bool world_volume(void *context, const char *path, char *out, size_t size) {
    static const char data[] = "/System/Volumes/Data";
    size_t skip = world_is_split && strncmp(path, data, strlen(data)) == 0 ? strlen(data) : 0;

    (void)context;
    if (strncmp(path + skip, "/Volumes/", 9) == 0)
        snprintf(out, size, "%s/Volumes/%.*s", world_is_split ? data : "", (int)strcspn(path + skip + 9, "/"),
                 path + skip + 9);
    else
        snprintf(out, size, "%s", skip || (world_is_split && strncmp(path, "/Users", 6) == 0) ? data : "/");
    return true;
}

static bool world_uuid(void *context, const char *volume, unsigned char uuid[16]) {
    (void)context;
    memset(uuid, strcmp(volume, "/") == 0 ? 0x11 : 0x22, 16);
    return true;
}

static bool world_mounted(void *context, size_t place, char *out, size_t size) {
    (void)context;
    snprintf(out, size, "/Volumes/disk");
    return place == 0;
}

static const struct exports_world *world_of(bool is_split) {
    static struct exports_world world = {NULL,         false,          world_user,    world_group,
                                         world_host,   world_netgroup, world_network, world_folder,
                                         world_volume, world_uuid,     world_mounted};

    world.is_split = world_is_split = is_split;
    return &world;
}

#endif
