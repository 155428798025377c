/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath, S_ISVTX */
#include "target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as Linux */
#define LINK_BYTES 4096

static int fail(struct image_error *error, const char *action, const char *object, int number) {
    *error = (struct image_error){.action = action, .error = number};
    snprintf(error->object, sizeof(error->object), "%s", object);
    return -1;
}

/* "FOLDER/NAME"; NULL without memory. */
static char *join(const char *folder, const char *name) {
    size_t size = strlen(folder) + 1 + strlen(name) + 1;
    char *path = malloc(size);

    if (path)
        snprintf(path, size, "%s/%s", folder, name);
    return path;
}

/* The folder of path, "." for a bare name; NULL without memory. */
static char *folder_of(const char *path) {
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

/* A name whose folder exists and which itself may not: an absolute name, or NULL and errno. */
static char *resolve_name(const char *path) {
    char *folder = folder_of(path);
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

/* Anybody may put a link into a sticky folder that all can write to; only one's own and the folder's owner's count. */
static bool is_trusted(const char *link, const struct stat *seen) {
    char *folder = folder_of(link);
    struct stat around;
    bool is_known = folder && stat(folder, &around) == 0;

    free(folder);
    return is_known && ((around.st_mode & (S_ISVTX | S_IWOTH)) != (S_ISVTX | S_IWOTH) || seen->st_uid == geteuid() ||
                        seen->st_uid == around.st_uid);
}

/* Where the link leads, by one step; NULL and errno. */
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
    folder = folder_of(link);
    next = folder ? join(folder, text) : NULL;
    free(folder);
    return next;
}

static int judge(const char *path, const struct stat *seen, struct image_error *error) {
    return S_ISREG(seen->st_mode) ? 0 : fail(error, "replace", path, EINVAL);
}

/* What `at`, which path leads to, is: 1 when it is a link, 0 when it is the file or the place for it, -1 and *error. */
static int look(const char *path, const char *at, struct image_error *error) {
    struct stat seen;

    if (lstat(at, &seen) < 0)
        return errno == ENOENT ? 0 : fail(error, "write", path, errno);
    if (!S_ISLNK(seen.st_mode))
        return judge(path, &seen, error);
    return is_trusted(at, &seen) ? 1 : fail(error, "follow", at, EACCES);
}

int target_resolve(const char *path, char **real, struct image_error *error) {
    struct stat seen;
    char *at;
    int links = 0;
    int rc = 0;

    *real = NULL;
    /* The kernel follows what no text tells: /dev/stdout leads to a pipe, by a link that names no file. */
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
        rc = fail(error, "write", path, errno);
    free(at);
    return rc;
}

int target_check(const char *path, struct image_error *error) {
    struct stat seen;

    if (lstat(path, &seen) < 0)
        return errno == ENOENT ? 0 : fail(error, "replace", path, errno);
    return judge(path, &seen, error);
}
