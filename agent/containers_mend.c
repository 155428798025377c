/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "containers_mend.h"

#include "containers_path.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INNER_MAX = 64, PATH_SIZE = NAME_MAX + 64 };

struct inner {
    int mount;                      /* its root */
    int directory;                  /* where it goes */
    char path[MOUNTINFO_NAME_SIZE]; /* below the mount's root */
};

static const struct containers_outcome done = {CONTAINERS_DONE, NULL, 0};

struct containers_outcome containers_fault(const char *call, int error) {
    return (struct containers_outcome){CONTAINERS_SYSTEM, call, error};
}

static struct containers_outcome say(enum containers_end end) {
    return (struct containers_outcome){end, NULL, 0};
}

static void fd_path(int fd, const char *name, char path[PATH_SIZE]) {
    snprintf(path, PATH_SIZE, "self/fd/%d%s%s", fd, name ? "/" : "", name ? name : "");
}

static int detach(const struct containers_place *place) {
    char path[PATH_SIZE];

    fd_path(place->parent, place->name, path);
    return umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0 ? 0 : errno;
}

static int move(int from, int to) {
    char source[PATH_SIZE], target[PATH_SIZE];

    fd_path(from, NULL, source);
    fd_path(to, NULL, target);
    return mount(source, target, NULL, MS_MOVE, NULL) == 0 ? 0 : errno;
}

static unsigned long mount_flags(uint32_t flags) {
    static const struct {
        uint32_t info;
        unsigned long mount;
    } pairs[] = {
        {MOUNTINFO_READ_ONLY, MS_RDONLY},
        {MOUNTINFO_NOSUID, MS_NOSUID},
        {MOUNTINFO_NODEV, MS_NODEV},
        {MOUNTINFO_NOEXEC, MS_NOEXEC},
    };
    unsigned long made = 0;

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (flags & pairs[i].info)
            made |= pairs[i].mount;
    return made;
}

/* Keep hold of the container's mounts inside, before they are covered. Fewer than there are: -1. */
static int hold_inner(const struct containers_place *place, const struct containers_bind *bind, struct text table,
                      struct inner inner[INNER_MAX]) {
    static struct mountinfo entry;
    struct text rest = table;
    int count = 0;
    uint32_t id;

    if (bind->inner == 0)
        return 0;
    while (containers_find_inner(&rest, bind, &entry)) {
        if (count == INNER_MAX)
            return -1;
        struct inner *one = &inner[count++];
        snprintf(one->path, sizeof one->path, "%s", entry.point);
        one->mount = containers_path_open(place->directory, one->path);
        if (one->mount < 0 || containers_path_mount(place->proc, one->mount, &id) != 0 || id != entry.id)
            return -1;
    }
    return count == (int)bind->inner ? count : -1;
}

/* Take them along: where each belongs in the new mount must be there before the first is moved. */
static bool move_inner(const struct containers_place *place, int fresh, struct inner inner[], int count) {
    for (int i = 0; i < count; i++)
        if ((inner[i].directory = containers_path_open(fresh, inner[i].path)) < 0)
            return false;
    for (int i = 0; i < count; i++) {
        if (move(inner[i].mount, inner[i].directory) == 0)
            continue;
        while (--i >= 0) {
            int home = containers_path_open(place->directory, inner[i].path);
            move(inner[i].mount, home);
            close(home);
        }
        return false;
    }
    return true;
}

/* The new mount is there, and shows the folder that was meant: a link that somebody put in its place on the server,
 * after it was looked at, would have been followed there. */
static struct containers_outcome check(const struct containers_place *place, int under, int *fresh) {
    struct stat status;
    uint32_t before, after;

    *fresh = containers_path_step(place->parent, place->name);
    if (*fresh < 0 || containers_path_mount(place->proc, under, &before) != 0 ||
        containers_path_mount(place->proc, *fresh, &after) != 0 || before == after)
        return say(CONTAINERS_CHANGED);
    if (fstat(*fresh, &status) == 0 && status.st_ino == place->folder)
        return done;
    detach(place);
    return say(CONTAINERS_NO_FOLDER);
}

static struct containers_outcome cover(int under, const char *source, const struct options *options, uint32_t flags) {
    char path[PATH_SIZE];

    fd_path(under, NULL, path);
    if (mount(source, path, "nfs", options->flags | mount_flags(flags), options->data) == 0)
        return done;
    return errno == EACCES ? say(CONTAINERS_DENIED) : containers_fault("mount", errno);
}

static struct containers_outcome cover_late(const struct containers_place *place, const struct containers_bind *bind,
                                            struct text table, const char *source, const struct options *options) {
    static struct inner inner[INNER_MAX];
    int count = hold_inner(place, bind, table, inner), fresh = -1;

    if (count < 0)
        return say(CONTAINERS_INNER);
    struct containers_outcome outcome = cover(place->directory, source, options, bind->flags);
    if (outcome.end == CONTAINERS_DONE)
        outcome = check(place, place->directory, &fresh);
    if (outcome.end != CONTAINERS_DONE || move_inner(place, fresh, inner, count))
        return outcome;
    detach(place);
    return say(CONTAINERS_INNER);
}

static struct containers_outcome replace(const struct containers_place *place, const struct containers_bind *bind,
                                         const char *source, const struct options *options) {
    int error, under, fresh;
    uint32_t id;

    if (bind->inner > 0) /* they would go with it */
        return say(CONTAINERS_INNER);
    if ((error = detach(place)) != 0)
        return containers_fault("umount2", error);
    if ((under = containers_path_step(place->parent, place->name)) < 0 ||
        containers_path_mount(place->proc, under, &id) != 0 || id != bind->under_id)
        return say(CONTAINERS_CHANGED);
    struct containers_outcome outcome = cover(under, source, options, bind->flags);
    return outcome.end == CONTAINERS_DONE ? check(place, under, &fresh) : outcome;
}

struct containers_outcome containers_mend(const struct containers_place *place, const struct containers_bind *bind,
                                          struct text table, const char *source, const struct options *options) {
    if (bind->kind == CONTAINERS_LATE)
        return cover_late(place, bind, table, source, options);
    return replace(place, bind, source, options);
}
