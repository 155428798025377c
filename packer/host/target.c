/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath, S_ISVTX */
#include "target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINKS_MAX 40 /* Linux's limit: path_resolution(7) */
#define LINK_BYTES 4096

/* Returns "FOLDER/NAME", or NULL without memory. */
static char *join(const char *folder, const char *name) {
    size_t size = strlen(folder) + 1 + strlen(name) + 1;
    char *path = malloc(size);

    if (path)
        snprintf(path, size, "%s/%s", folder, name);
    return path;
}

char *target_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder = strdup(slash ? path : ".");

    if (folder && slash)
        folder[slash == path ? 1 : slash - path] = '\0';
    return folder;
}

static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Returns the absolute path of a file whose folder exists; the file itself may be missing. NULL and errno on failure.
 */
static char *resolve_name(const char *path) {
    char *folder = target_folder(path);
    char *real = folder ? realpath(folder, NULL) : NULL;
    char *joined = NULL;

    if (real && !*name_of(path))
        errno = ENOENT;
    else if (real)
        joined = join(strcmp(real, "/") == 0 ? "" : real, name_of(path));
    free(real);
    free(folder);
    return joined;
}

/* In a sticky folder that all can write to, only links of this user and of the folder's owner are followed. */
static bool is_trusted(const char *link, const struct stat *seen) {
    char *folder = target_folder(link);
    struct stat around;
    bool is_known = folder && stat(folder, &around) == 0;

    free(folder);
    return is_known && ((around.st_mode & (S_ISVTX | S_IWOTH)) != (S_ISVTX | S_IWOTH) || seen->st_uid == geteuid() ||
                        seen->st_uid == around.st_uid);
}

/* Follows the link by one step. Returns NULL and errno on failure. */
static char *follow(const char *link) {
    char text[LINK_BYTES];
    ssize_t length = readlink(link, text, sizeof(text));
    char *folder;
    char *next;

    if (length < 0)
        return NULL;
    if ((size_t)length == sizeof(text)) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    text[length] = '\0';
    if (*text == '/')
        return strdup(text);
    folder = target_folder(link);
    next = folder ? join(folder, text) : NULL;
    free(folder);
    return next;
}

static int judge(const char *path, const struct stat *seen, struct image_error *error) {
    return S_ISREG(seen->st_mode) ? 0 : image_fail(error, "replace", path, EINVAL);
}

/* Looks at `at`, a step on the way from path. Returns 1 for a link, 0 for a regular file or none, else -1 and *error.
 */
static int look(const char *path, const char *at, struct image_error *error) {
    struct stat seen;

    if (lstat(at, &seen) < 0)
        return errno == ENOENT ? 0 : image_fail(error, "write", path, errno);
    if (!S_ISLNK(seen.st_mode))
        return judge(path, &seen, error);
    return is_trusted(at, &seen) ? 1 : image_fail(error, "follow", at, EACCES);
}

int target_resolve(const char *path, char **real, struct image_error *error) {
    struct stat seen;
    char *at;
    int links = 0;
    int rc = 0;

    *real = NULL;
    /* stat(2) follows links whose text names no file: /dev/stdout may lead to "pipe:[123]". */
    if (stat(path, &seen) == 0 && judge(path, &seen, error) < 0)
        return -1;
    at = strdup(path);
    while (at && (rc = look(path, at, error)) == 1) {
        char *next = NULL;

        if (links++ < LINKS_MAX)
            next = follow(at);
        else
            errno = ELOOP;
        free(at);
        at = next;
    }
    if (rc == 0)
        *real = at ? resolve_name(at) : NULL;
    if (rc != -1 && !*real)
        rc = image_fail(error, "write", path, errno);
    free(at);
    return rc;
}

int target_check(const char *path, struct image_error *error) {
    struct stat seen;

    if (lstat(path, &seen) < 0)
        return errno == ENOENT ? 0 : image_fail(error, "replace", path, errno);
    return judge(path, &seen, error);
}
