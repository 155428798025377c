/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "mend.h"

#include "keep.h"
#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

struct inner {
    int mount;                      /* its root */
    int directory;                  /* where it goes */
    char path[MOUNTINFO_NAME_SIZE]; /* below the mount's root */
};

struct containers_outcome containers_fault(const char *call, int error) {
    return (struct containers_outcome){CONTAINERS_SYSTEM, call, error};
}

struct containers_outcome containers_say(enum containers_end end) {
    return (struct containers_outcome){end, NULL, 0};
}

static int detach(const struct containers_place *place) {
    char path[CONTAINERS_FD_PATH_SIZE];

    containers_fd_path(place->parent, place->name, path);
    return umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0 ? 0 : errno;
}

static int move(int from, int to) {
    char source[CONTAINERS_FD_PATH_SIZE], target[CONTAINERS_FD_PATH_SIZE];

    containers_fd_path(from, NULL, source);
    containers_fd_path(to, NULL, target);
    return mount(source, target, NULL, MS_MOVE, NULL) == 0 ? 0 : errno;
}

/* Opens the container's mounts inside before the new mount covers them. Returns their number; -1: not all. */
static int hold_inner(const struct containers_place *place, const struct containers_bind *bind,
                      struct inner inner[CONTAINERS_INSIDE_MAX]) {
    static struct mountinfo entry;
    struct text rest = place->table;
    int count = 0;
    uint32_t id;

    if (bind->inner == 0)
        return 0;
    while (containers_find_inner(&rest, bind, &entry)) {
        if (count == CONTAINERS_INSIDE_MAX)
            return -1;
        struct inner *one = &inner[count++];
        snprintf(one->path, sizeof one->path, "%s", entry.point);
        one->mount = containers_path_open(place->directory, one->path);
        if (one->mount < 0 || containers_path_mount(place->proc, one->mount, &id) != 0 || id != entry.id)
            return -1;
    }
    return count == (int)bind->inner ? count : -1;
}

/* Moves them into the new mount. All their directories must exist there before the first one moves. False: none moved.
 */
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

/* Whether the mount shows the intended folder. The server follows a link that somebody put there after the look. */
static bool is_folder(const struct containers_place *place, int root) {
    struct stat status;

    return fstat(root, &status) == 0 && status.st_ino == place->folder;
}

static struct containers_outcome mount_share(const struct containers_place *place, const struct containers_bind *bind,
                                             const char *path) {
    char source[2 * MOUNTINFO_NAME_SIZE];
    unsigned long flags = place->options->flags | (bind->flags & MOUNTINFO_OWN);

    containers_source(place->origin, bind->subpath, source, sizeof source);
    if (mount(source, path, "nfs", flags, place->options->data) == 0)
        return containers_say(CONTAINERS_DONE);
    return errno == EACCES ? containers_say(CONTAINERS_DENIED) : containers_fault("mount", errno);
}

struct containers_outcome containers_rehearse(const struct containers_place *place, const struct containers_bind *bind,
                                              const char *target, int *root) {
    *root = -1;
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return containers_fault("unshare", errno);
    umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW); /* the kernel refuses the same mount on itself */
    struct containers_outcome outcome = mount_share(place, bind, target);
    if (outcome.end != CONTAINERS_DONE)
        return outcome;
    if ((*root = open(target, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
        return containers_fault("open", errno);
    return is_folder(place, *root) ? outcome : containers_say(CONTAINERS_NO_FOLDER);
}

/* Checks that the new mount is on the place and shows the intended folder. *fresh is its root. */
static struct containers_outcome check(const struct containers_place *place, const struct containers_bind *bind,
                                       int *fresh, uint32_t *made) {
    *fresh = containers_path_step(place->parent, place->name);
    if (*fresh < 0 || containers_path_mount(place->proc, *fresh, made) != 0 || *made == bind->id ||
        *made == bind->holder_id)
        return containers_say(CONTAINERS_CHANGED);
    return is_folder(place, *fresh) ? containers_say(CONTAINERS_DONE) : containers_say(CONTAINERS_NO_FOLDER);
}

/* Whether an NFS mount covers `bind`'s root, wherever `bind` has been moved to. */
static bool is_covered(struct text table, const struct containers_bind *bind) {
    static struct mountinfo moved, entry;
    struct text rest = table;

    while (mountinfo_next(&rest, &moved))
        if (moved.id == bind->id)
            break;
    for (rest = table; mountinfo_next(&rest, &entry);)
        if (entry.parent_id == bind->id && strncmp(entry.type, "nfs", 3) == 0 && strcmp(entry.point, moved.point) == 0)
            return true;
    return false;
}

/* Removes the new mount, which covers place->directory; the container's own mounts stay. */
static void undo(const struct containers_place *place, const struct containers_bind *bind) {
    char path[CONTAINERS_FD_PATH_SIZE], *table;
    size_t len;

    if (containers_path_read(place->proc, "self/mountinfo", &table, &len) != 0)
        return;
    containers_fd_path(place->directory, NULL, path);
    if (is_covered((struct text){table, len}, bind))
        umount2(path, MNT_DETACH);
    free(table);
}

static void let_go(struct inner inner[CONTAINERS_INSIDE_MAX]) {
    for (int i = 0; i < CONTAINERS_INSIDE_MAX; i++) {
        if (inner[i].mount >= 0)
            close(inner[i].mount);
        if (inner[i].directory >= 0)
            close(inner[i].directory);
    }
}

static struct containers_outcome cover(const struct containers_place *place, const struct containers_bind *bind,
                                       struct inner inner[CONTAINERS_INSIDE_MAX], uint32_t *made) {
    char path[CONTAINERS_FD_PATH_SIZE];
    int count = hold_inner(place, bind, inner), fresh = -1;

    if (count < 0)
        return containers_say(CONTAINERS_INNER);
    containers_fd_path(place->directory, NULL, path);
    struct containers_outcome outcome = mount_share(place, bind, path);
    if (outcome.end != CONTAINERS_DONE)
        return outcome;
    outcome = check(place, bind, &fresh, made);
    if (outcome.end == CONTAINERS_DONE && !move_inner(place, fresh, inner, count))
        outcome = containers_say(CONTAINERS_INNER);
    if (fresh >= 0)
        close(fresh);
    if (outcome.end != CONTAINERS_DONE)
        undo(place, bind);
    return outcome;
}

struct containers_outcome containers_cover(const struct containers_place *place, const struct containers_bind *bind,
                                           uint32_t *made) {
    static struct inner inner[CONTAINERS_INSIDE_MAX];

    for (int i = 0; i < CONTAINERS_INSIDE_MAX; i++)
        inner[i].mount = inner[i].directory = -1;
    struct containers_outcome outcome = cover(place, bind, inner, made);
    let_go(inner);
    if (outcome.end != CONTAINERS_DONE)
        *made = 0;
    return outcome;
}

/* Detaches the dead mount and covers the place at once. */
static struct containers_outcome exchange(const struct containers_place *place, const struct containers_bind *bind,
                                          const struct containers_bind *inside, int count) {
    int error = detach(place), under;

    if (error != 0)
        return containers_fault("umount2", error);
    if ((under = containers_path_step(place->parent, place->name)) < 0)
        return containers_fault("open", -under);
    error = containers_keep(place, under, bind, inside, count);
    close(under);
    return error ? containers_fault("keep", error) : containers_say(CONTAINERS_TAKEN);
}

struct containers_outcome containers_take(const struct containers_place *place, const struct containers_bind *bind,
                                          int rehearsed) {
    static struct containers_bind inside[CONTAINERS_INSIDE_MAX];
    int count = containers_find_inside(place->table, place->origin, bind, inside, CONTAINERS_INSIDE_MAX);
    sigset_t all, before;

    for (int i = 0; i < count; i++) { /* each must find its directory in the new mount later */
        int directory = containers_path_open(rehearsed, inside[i].point);
        if (directory < 0)
            return containers_say(CONTAINERS_INNER);
        close(directory);
    }
    if (count < 0)
        return containers_say(CONTAINERS_INNER);
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    struct containers_outcome outcome = exchange(place, bind, inside, count);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return outcome;
}
