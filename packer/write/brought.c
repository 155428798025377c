/* SPDX-License-Identifier: MIT */
#include "brought.h"

#include "../host/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_BYTES 4096

static int find_folder(char *folder, size_t size) {
    static const char *const places[] = {"share/usermount", "../share/usermount"};
    const char *given = getenv("USERMOUNT_SHARE");
    char program[PATH_BYTES];
    char *slash;
    int rc;

    if (given && *given) {
        return (size_t)snprintf(folder, size, "%s", given) < size ? 0 : -ENAMETOOLONG;
    }
    rc = host_program_path(program, sizeof(program));
    if (rc < 0)
        return rc;
    slash = strrchr(program, '/');
    if (slash)
        *slash = '\0';
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct stat stat_of;

        if ((size_t)snprintf(folder, size, "%s/%s", program, places[i]) >= size)
            return -ENAMETOOLONG;
        if (stat(folder, &stat_of) == 0)
            return 0;
    }
    return 0; /* none exists: the message will name the last one */
}

char *share_read(const char *name, size_t *size, struct image_error *error) {
    char folder[PATH_BYTES];
    char path[PATH_BYTES];
    int rc = find_folder(folder, sizeof(folder));

    if (rc == 0 && (size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path))
        rc = -ENAMETOOLONG;
    if (rc < 0) {
        image_fail(error, "find", name, -rc);
        return NULL;
    }
    return image_slurp(path, SHARE_FILE_MAX_BYTES, size, error);
}

char *share_config(size_t *size, struct image_error *error) {
    const char *given = getenv("USERMOUNT_SHARE");
    char program[PATH_BYTES];
    char path[PATH_BYTES];
    char *slash;
    char *text;

    if ((given && *given) || host_program_path(program, sizeof(program)) < 0)
        return share_read("usermount.conf", size, error);
    slash = strrchr(program, '/');
    if (slash)
        *slash = '\0';
    if ((size_t)snprintf(path, sizeof(path), "%s/../etc/usermount.conf", program) >= sizeof(path))
        return share_read("usermount.conf", size, error);
    text = image_slurp(path, SHARE_FILE_MAX_BYTES, size, error);
    return text || error->error != ENOENT ? text : share_read("usermount.conf", size, error);
}
