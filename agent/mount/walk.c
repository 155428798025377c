/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* O_PATH */
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

int walk_open(struct walk_mount *mount, const char *target) {
    struct stat status;

    mount->root = open(target, FOLDER);
    if (mount->root < 0)
        return -errno;
    mount->links = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (mount->links >= 0 && fstat(mount->root, &status) == 0) {
        mount->device = status.st_dev;
        return 0;
    }
    int error = errno;
    close(mount->root);
    if (mount->links >= 0)
        close(mount->links);
    return -error;
}

/* Opens the subfolder `part`, and closes `folder`. */
static int step_into(const struct walk_mount *mount, int folder, const char *part) {
    struct stat status;
    int next = openat(folder, part, FOLDER);
    int error = next < 0 ? errno : 0;

    close(folder);
    if (error)
        return -error;
    if (fstat(next, &status) != 0)
        error = errno;
    else if (status.st_dev != mount->device)
        error = EXDEV;
    if (!error)
        return next;
    close(next);
    return -error;
}

int walk_folder(const struct walk_mount *mount, const char *path, void (*fresh)(void *ctx, int folder), void *ctx,
                const char **name) {
    char part[NAME_MAX + 1];
    const char *end;
    int folder = openat(mount->root, ".", FOLDER);

    *name = path;
    if (folder < 0)
        return -errno;
    while (folder >= 0 && (end = strchr(*name, '/'))) {
        size_t len = (size_t)(end - *name);
        if (len >= sizeof part) {
            close(folder);
            return -ENAMETOOLONG;
        }
        memcpy(part, *name, len);
        part[len] = '\0';
        if (fresh)
            fresh(ctx, folder);
        folder = step_into(mount, folder, part);
        *name = end + 1;
    }
    if (!**name)
        *name = NULL;
    return folder;
}
