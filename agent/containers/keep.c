/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "keep.h"

#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

void containers_fd_path(int fd, const char *name, char path[CONTAINERS_FD_PATH_SIZE]) {
    snprintf(path, CONTAINERS_FD_PATH_SIZE, "self/fd/%d%s%s", fd, name ? "/" : "", name ? name : "");
}

_Static_assert(MOUNTINFO_READ_ONLY == MS_RDONLY && MOUNTINFO_NOSUID == MS_NOSUID && MOUNTINFO_NODEV == MS_NODEV &&
                   MOUNTINFO_NOEXEC == MS_NOEXEC,
               "mountinfo's flags are mount(2)'s");

/* Mounts a FUSE whose server ends at once: every access fails. */
static int keep_by_fuse(const struct containers_place *place, const char *source, const char *path,
                        unsigned long flags) {
    char device[CONTAINERS_FD_PATH_SIZE], data[96];

    if (place->fuse < 0)
        return ENODEV;
    containers_fd_path(place->fuse, NULL, device);
    int fd = open(device, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return errno;
    snprintf(data, sizeof data, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
    int error = mount(source, path, CONTAINERS_KEEPER, flags, data) == 0 ? 0 : errno;
    close(fd);
    return error;
}

/* Mounts a tmpfs with room for `folders` folders, which the agent makes, and for nothing else. */
static int keep_by_tmpfs(const char *source, const char *path, unsigned long flags, int folders) {
    char data[64];

    snprintf(data, sizeof data, "mode=0,size=4k,nr_inodes=%d", 1 + folders);
    return mount(source, path, CONTAINERS_KEEPER_ABOVE, flags & ~(unsigned long)MS_RDONLY, data) == 0 ? 0 : errno;
}

static int keep_one(const struct containers_place *place, int under, const struct containers_bind *bind, int folders) {
    char source[2 * MOUNTINFO_NAME_SIZE], path[CONTAINERS_FD_PATH_SIZE];
    unsigned long flags = bind->flags & MOUNTINFO_OWN;

    containers_source(place->origin, bind->subpath, source, sizeof source);
    containers_fd_path(under, NULL, path);
    if (folders == 0 && keep_by_fuse(place, source, path, flags) == 0)
        return 0;
    return keep_by_tmpfs(source, path, flags, folders);
}

/* Makes the missing folders on the way from `top` to `path`, and opens the last one. A descriptor or -errno. */
static int make_way(int top, const char *path) {
    struct text rest = text_of(path);
    char name[NAME_MAX + 1];
    int fd = containers_path_step(top, ".");

    while (fd >= 0 && rest.at) {
        struct text part = text_cut(&rest, '/');
        if (part.len == 0)
            continue;
        int next = text_copy(part, name, sizeof name) ? 0 : -ENAMETOOLONG;
        if (next == 0 && mkdirat(fd, name, 0700) != 0 && errno != EEXIST)
            next = -errno;
        if (next == 0)
            next = containers_path_step(fd, name);
        close(fd);
        fd = next;
    }
    return fd;
}

static int count_parts(const char *path) {
    int parts = 0;

    for (; *path; path++)
        parts += *path == '/';
    return parts;
}

/* How many folders the ways to the mounts in `path` need, at most. */
static int folders_in(const char *path, const struct containers_bind *inside, int count) {
    size_t len = strlen(path);
    int folders = 0;

    for (int i = 0; i < count; i++)
        if (strncmp(inside[i].point, path, len) == 0 && inside[i].point[len] == '/')
            folders += count_parts(inside[i].point + len);
    return folders;
}

/* Makes a read-only bind's tmpfs read-only, once its folders exist. */
static int close_one(int top, const struct containers_bind *bind) {
    char path[CONTAINERS_FD_PATH_SIZE];

    if (!(bind->flags & MOUNTINFO_READ_ONLY))
        return 0;
    containers_fd_path(top, NULL, path);
    return mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | (bind->flags & MOUNTINFO_OWN), NULL) == 0 ? 0 : errno;
}

static int keep_inside(const struct containers_place *place, int top, const struct containers_bind *inside, int count) {
    int error = 0, way;

    for (int i = 0; error == 0 && i < count; i++) {
        way = make_way(top, inside[i].point);
        error = way < 0 ? -way : keep_one(place, way, &inside[i], folders_in(inside[i].point, inside, count));
        if (way >= 0)
            close(way);
    }
    for (int i = 0; error == 0 && i < count; i++) {
        way = containers_path_open(top, inside[i].point);
        error = way < 0 ? -way : close_one(way, &inside[i]);
        if (way >= 0)
            close(way);
    }
    return error;
}

int containers_keep(const struct containers_place *place, int under, const struct containers_bind *bind,
                    const struct containers_bind *inside, int count) {
    int error = keep_one(place, under, bind, folders_in("", inside, count));

    if (error != 0)
        return error;
    int top = containers_path_step(place->parent, place->name);
    if (top < 0)
        return -top;
    error = keep_inside(place, top, inside, count);
    if (error == 0)
        error = close_one(top, bind);
    close(top);
    return error;
}
