/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */
#include "mac.h"

#include "../host/host.h"

#include "../../agent/common/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UID_MAX UINT64_C(0xfffffffe)

int mac_open(struct mac *mac, const char *root, struct image_error *error) {
    char *real;
    bool fits;

    *mac = (struct mac){.is_rooted = root != NULL};
    if (!root)
        return 0;
    real = realpath(root, NULL);
    if (!real)
        return image_fail(error, "open", root, errno);
    fits = text_copy(text_of(real), mac->root, sizeof(mac->root));
    free(real);
    if (!fits)
        return image_fail(error, "open", root, ENAMETOOLONG);
    if (strcmp(mac->root, "/") == 0)
        mac->root[0] = '\0';
    return 0;
}

bool mac_path(const struct mac *mac, const char *path, char *out) {
    return (size_t)snprintf(out, MAC_PATH_BYTES, "%s%s", mac->root, path) < MAC_PATH_BYTES;
}

static bool is_inside(const struct mac *mac, const char *real) {
    return text_is_below(text_of(real), text_of(mac->root));
}

int mac_check(const struct mac *mac, const char *path, struct image_error *error) {
    char full[MAC_PATH_BYTES];
    char *real;
    bool inside;

    if (!mac_path(mac, path, full))
        return image_fail(error, "open", path, ENAMETOOLONG);
    real = realpath(full, NULL);
    if (!real && errno == ENOENT && strrchr(path, '/') != path) {
        *strrchr(full, '/') = '\0';
        real = realpath(full, NULL);
    }
    if (!real)
        return image_fail(error, "open", path, errno);
    inside = is_inside(mac, real);
    free(real);
    return inside ? 0 : image_fail(error, "open", path, EXDEV);
}

char *mac_read(const struct mac *mac, const char *path, size_t *size, struct image_error *error) {
    char full[MAC_PATH_BYTES];

    if (mac_check(mac, path, error) < 0 || !mac_path(mac, path, full))
        return NULL;
    return image_slurp(full, MAC_FILE_MAX_BYTES, size, error);
}

bool mac_is_immutable(const struct mac *mac, const char *path) {
    char full[MAC_PATH_BYTES];
    bool is_full = is_inside(mac, path);

    return (is_full && *mac->root && host_is_immutable(path)) || (mac_path(mac, path, full) && host_is_immutable(full));
}

bool mac_link(const struct mac *mac, const char *path, char out[MAC_PATH_BYTES]) {
    char full[MAC_PATH_BYTES];
    ssize_t length = mac_path(mac, path, full) ? readlink(full, out, MAC_PATH_BYTES - 1) : -1;

    if (length < 0)
        return false;
    out[length] = '\0';
    return true;
}

enum exports_folder mac_folder(const struct mac *mac, const char *path) {
    char full[MAC_PATH_BYTES];
    struct stat seen;
    size_t root = strlen(mac->root);

    if (!mac_path(mac, path, full))
        return EXPORTS_FOLDER_MISSING;
    for (size_t end = root + 1;; end++) {
        char kept = full[end];

        if (kept != '/' && kept != '\0')
            continue;
        full[end] = '\0';
        if (lstat(full, &seen) < 0)
            return EXPORTS_FOLDER_MISSING;
        if (!S_ISDIR(seen.st_mode))
            return S_ISLNK(seen.st_mode) ? EXPORTS_FOLDER_LINK : EXPORTS_FOLDER_MISSING;
        if (kept == '\0')
            return EXPORTS_FOLDER;
        full[end] = kept;
    }
}

static bool read_id(const char *name, uint64_t *id) {
    const char *text = getenv(name);

    return text && text_u64(text_of(text), UID_MAX, id);
}

static bool is_home(const char *name) {
    return name[0] != '.' && strcmp(name, "Shared") != 0 && strcmp(name, "Guest") != 0;
}

/* Finds the home folder that belongs to `wanted`, else the first one by name. */
static void find_home(const struct mac *mac, const uint64_t *wanted, struct mac_user *user) {
    char users[MAC_PATH_BYTES];
    const struct dirent *entry;
    bool is_wanted = false;
    DIR *stream = mac_path(mac, "/Users", users) ? opendir(users) : NULL;

    if (!stream)
        return;
    while ((entry = readdir(stream))) {
        struct stat seen;
        struct mac_user found = {.is_known = true};
        bool is_his;

        if (!is_home(entry->d_name) || fstatat(dirfd(stream), entry->d_name, &seen, 0) < 0 || !S_ISDIR(seen.st_mode) ||
            seen.st_uid == 0 || /* not a home folder: root's is /var/root */
            (size_t)snprintf(found.home, sizeof(found.home), "/Users/%s", entry->d_name) >= sizeof(found.home))
            continue;
        found.uid = seen.st_uid;
        found.gid = seen.st_gid;
        is_his = wanted && *wanted == found.uid;
        if (!user->is_known || (is_his && !is_wanted) || (is_his == is_wanted && strcmp(found.home, user->home) < 0)) {
            *user = found;
            is_wanted = is_his;
        }
    }
    closedir(stream);
}

struct mac_user mac_user(const struct mac *mac) {
    struct mac_user user = {0};
    uint64_t uid = getuid();
    uint64_t gid = getgid();
    bool is_sudo = read_id("SUDO_UID", &uid) && uid != 0;

    if (!is_sudo)
        uid = getuid();
    else
        read_id("SUDO_GID", &gid);
    find_home(mac, &uid, &user);
    if (!mac->is_rooted && uid != 0) {
        if (user.uid != (uid_t)uid)
            user.home[0] = '\0';
        user.is_known = true;
        user.uid = (uid_t)uid;
        user.gid = (gid_t)gid;
    }
    return user;
}
