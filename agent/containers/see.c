/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "see.h"

#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Stores the inode of the server's directory that belongs there, as the agent's own mount shows it. */
static struct containers_outcome find_folder(const struct containers_visit *visit, const struct containers_bind *bind,
                                             ino_t *folder) {
    struct stat status = {0};
    int fd = containers_path_open(visit->share, bind->subpath);

    if (fd == -ENOENT)
        return containers_say(CONTAINERS_MISSING);
    if (fd == -ENOTDIR)
        return containers_say(CONTAINERS_NO_FOLDER);
    int error = fd < 0 ? -fd : fstat(fd, &status) == 0 ? 0 : errno;
    if (fd >= 0)
        close(fd);
    *folder = error ? 0 : status.st_ino;
    return error ? containers_fault("open", error) : containers_say(CONTAINERS_DONE);
}

/* Opens the mount at the place, which must be `bind`'s. place->directory stays -1 if the mount is dead. */
static struct containers_outcome open_mount(struct containers_place *place, const struct containers_bind *bind) {
    bool dies = bind->kind == CONTAINERS_MOUNTED;
    struct statfs status;
    uint32_t id;
    int fd = openat(place->parent, place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC | (dies ? 0 : O_DIRECTORY));

    if (fd < 0 && errno == ESTALE && dies)
        return containers_say(CONTAINERS_DONE);
    if (fd < 0)
        return errno == ENOTDIR ? containers_say(CONTAINERS_NO_FOLDER) : containers_fault("open", errno);
    if (containers_path_mount(place->proc, fd, &id) != 0 || id != bind->id) {
        close(fd);
        return containers_say(CONTAINERS_CHANGED);
    }
    if (!dies) {
        place->directory = fd;
        return containers_say(CONTAINERS_DONE);
    }
    int error = fstatfs(fd, &status) == 0 ? 0 : errno;
    close(fd); /* an open descriptor would keep the dead mount */
    if (error == 0)
        return containers_say(CONTAINERS_ALIVE);
    return error == ESTALE ? containers_say(CONTAINERS_DONE) : containers_fault("statfs", error);
}

static struct containers_outcome find_place(const struct containers_bind *bind, struct containers_place *place) {
    uint32_t id;
    int root = openat(place->proc, "self/root", O_PATH | O_CLOEXEC);

    if (root < 0)
        return containers_fault("root", errno);
    place->parent = containers_path_parent(root, bind->point, &place->name);
    close(root);
    if (place->parent < 0)
        return containers_fault("open", -place->parent);
    if (containers_path_mount(place->proc, place->parent, &id) != 0 || id != bind->holder_id)
        return containers_say(CONTAINERS_CHANGED);
    return open_mount(place, bind);
}

struct containers_outcome containers_enter(const struct containers_visit *visit, int namespace) {
    if (namespace < 0 || setns(namespace, CLONE_NEWNS) != 0 || fchdir(visit->proc) != 0)
        return containers_fault("setns", errno);
    return containers_say(CONTAINERS_DONE);
}

/* Goes to a copy of the agent's namespace, tries the new mount there, comes back and replaces the dead one. */
static struct containers_outcome replace(const struct containers_visit *visit, const struct containers_bind *bind,
                                         const struct containers_place *place) {
    int here = openat(visit->proc, "self/ns/mnt", O_RDONLY | O_CLOEXEC), rehearsed = -1;
    struct containers_outcome outcome = containers_enter(visit, visit->home);

    if (outcome.end == CONTAINERS_DONE)
        outcome = containers_rehearse(place, bind, visit->target, &rehearsed);
    struct containers_outcome back = containers_enter(visit, here);
    if (back.end != CONTAINERS_DONE)
        _exit(1); /* this child is in a wrong namespace, and the crew sends another one */
    if (outcome.end == CONTAINERS_DONE)
        outcome = containers_take(place, bind, rehearsed);
    if (rehearsed >= 0)
        close(rehearsed);
    if (here >= 0)
        close(here);
    return outcome;
}

static struct containers_outcome mend(const struct containers_visit *visit, const struct containers_bind *bind,
                                      struct containers_place *place, uint32_t *made) {
    struct containers_outcome outcome = find_folder(visit, bind, &place->folder);

    if (outcome.end != CONTAINERS_DONE)
        return outcome;
    if (bind->shared)
        return containers_say(CONTAINERS_SHARED);
    if (visit->foreign_user)
        return containers_say(CONTAINERS_USER);
    if (visit->report)
        return containers_say(CONTAINERS_SWITCHED_OFF);
    return bind->kind == CONTAINERS_MOUNTED ? replace(visit, bind, place) : containers_cover(place, bind, made);
}

void containers_see(const struct containers_visit *visit, const struct containers_bind *bind, struct text table,
                    struct containers_sight *sight) {
    struct containers_place place = {
        .proc = visit->proc,
        .fuse = visit->fuse,
        .parent = -1,
        .directory = -1,
        .table = table,
        .origin = visit->origin,
        .options = visit->options,
    };
    struct containers_outcome outcome = bind->cut ? containers_say(CONTAINERS_LONG) : find_place(bind, &place);

    if (outcome.end == CONTAINERS_DONE) {
        struct containers_holders holders = containers_holders(visit->proc, visit->processes, visit->process_count,
                                                               bind->id, bind->kind != CONTAINERS_LATE);
        if (bind->kind != CONTAINERS_KEPT || holders.count > sight->holders.count)
            sight->holders = holders;
        outcome = mend(visit, bind, &place, &sight->made);
    }
    sight->outcome = outcome;
    if (place.parent >= 0)
        close(place.parent);
    if (place.directory >= 0)
        close(place.directory);
}
