/* SPDX-License-Identifier: MIT */
#include "mac_edit.h"

#include "../host/cleanup.h"
#include "../host/host.h"
#include "../host/leftover.h"
#include "../host/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_still(const struct image *image, const char *text, size_t size) {
    return image->size == size && (size == 0 || (text && memcmp(image->bytes, text, size) == 0));
}

bool mac_edit_backup(const char *path, unsigned int number, char out[MAC_PATH_BYTES]) {
    char suffix[8] = "";

    if (number > 1)
        snprintf(suffix, sizeof(suffix), ".%u", number % 100);
    return (size_t)snprintf(out, MAC_PATH_BYTES, "%s.before-usermount%s", path, suffix) < MAC_PATH_BYTES;
}

unsigned int mac_edit_free_backup(const struct mac *mac, const char *path) {
    char name[MAC_PATH_BYTES];
    char full[MAC_PATH_BYTES];
    struct stat seen;

    for (unsigned int number = 1; number <= MAC_BACKUPS_MAX; number++)
        if (mac_edit_backup(path, number, name) && mac_path(mac, name, full) && lstat(full, &seen) < 0 &&
            errno == ENOENT)
            return number;
    return 0;
}

/* Links the complete draft to a name that must be free. The caller removes the draft's own name. */
static int link_new(const char *draft, const char *path, const char *action, struct image_error *error) {
    if (link(draft, path) == 0)
        return 0;
    return image_fail(error, errno == EEXIST ? "change" : action, path, errno == EEXIST ? ESTALE : errno);
}

static int write_backup(const struct mac *mac, const struct mac_edit *edit, const struct image *image,
                        struct image_error *error) {
    char name[MAC_PATH_BYTES];
    char path[MAC_PATH_BYTES];
    struct draft draft;
    int rc = -1;

    if (!mac_edit_backup(edit->path, edit->backup, name) || !mac_path(mac, name, path))
        return image_fail(error, "back up", image->path, ENAMETOOLONG);
    if (draft_create(&draft, image, path, image->size, error) < 0)
        return -1;
    if (draft_settle(&draft, image, error) == 0)
        rc = link_new(draft.path, path, "back up", error);
    draft_abandon(&draft);
    return rc;
}

/* Returns the length of the common beginning, which draft_create() can clone. */
static size_t common(const struct mac_edit *edit, const struct image *image) {
    size_t size = 0;

    while (size < edit->new_size && size < image->size && (char)image->bytes[size] == edit->new_text[size])
        size++;
    return size;
}

/* If only the sync of the folder fails after the rename, the file has been replaced. */
static int commit(struct draft *draft, const struct image *image, struct image_error *error) {
    return draft_commit(draft, image, error) < 0 && draft->path ? -1 : 0;
}

static int replace(const struct mac *mac, const struct mac_edit *edit, const struct image *image,
                   struct image_error *error) {
    size_t kept = common(edit, image);
    struct draft draft;
    int rc = -1;

    if (draft_create(&draft, image, image->path, kept, error) < 0)
        return -1;
    if (draft_append(&draft, edit->new_text + kept, edit->new_size - kept, error) == 0 &&
        draft_settle(&draft, image, error) == 0) {
        if (edit->approve && !edit->approve(edit->context, draft.path))
            rc = 1;
        else if (edit->backup && write_backup(mac, edit, image, error) < 0)
            rc = -1;
        else if ((rc = host_set_times(draft.fd, NULL)) < 0) /* draft_settle() copied the old time */
            rc = image_fail(error, "set the times of", draft.target, -rc);
        else
            rc = commit(&draft, image, error);
    }
    draft_abandon(&draft);
    return rc;
}

static int change(const struct mac *mac, const struct mac_edit *edit, struct image *image, struct image_error *error) {
    if (image_lock(image, NULL, error) < 0)
        return -1;
    if (!is_still(image, edit->old_text, edit->old_size))
        return image_fail(error, "change", image->path, ESTALE);
    if (edit->new_text)
        return replace(mac, edit, image, error);
    return unlink(image->path) < 0 ? image_fail(error, "remove", image->path, errno) : 0;
}

/* Creates a draft for a file that does not exist, with the mode of files in /etc. Returns its descriptor, or -1 and
 * *error. */
static int draft_new(const struct mac_edit *edit, const char *path, struct image_error *error) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int rc = fd < 0 ? -errno : leftover_claim(fd);

    if (rc == 0)
        rc = image_write(fd, edit->new_text, edit->new_size, 0);
    if (rc == 0 && fchmod(fd, 0644) < 0)
        rc = -errno;
    if (rc == 0)
        rc = host_sync(fd);
    if (rc < 0 && fd >= 0)
        close(fd);
    return rc < 0 ? image_fail(error, "create", edit->path, -rc) : fd;
}

/* Creates the file in one step: it never exists with incomplete contents. */
static int create(const struct mac_edit *edit, const char *full, struct image_error *error) {
    char *real;
    char *path;
    int fd;
    int rc = -1;

    if (target_resolve(full, &real, error) < 0)
        return -1;
    leftover_sweep(real);
    path = leftover_name(real);
    if (!path) {
        free(real);
        return image_fail(error, "create", edit->path, errno);
    }
    cleanup_add(path);
    fd = draft_new(edit, path, error);
    if (fd >= 0) {
        if (edit->approve && !edit->approve(edit->context, path))
            rc = 1;
        else
            rc = link_new(path, real, "create", error);
        close(fd);
    }
    unlink(path);
    cleanup_forget(path);
    free(path);
    free(real);
    return rc;
}

int mac_edit(const struct mac *mac, const struct mac_edit *edit, struct image_error *error) {
    char full[MAC_PATH_BYTES];
    struct image image;
    int rc;

    if (mac_check(mac, edit->path, error) < 0)
        return -1;
    if (!mac_path(mac, edit->path, full))
        return image_fail(error, "open", edit->path, ENAMETOOLONG);
    if (!edit->old_text)
        return create(edit, full, error);
    if (image_open(&image, full, error) < 0)
        return -1;
    rc = change(mac, edit, &image, error);
    image_close(&image);
    return rc;
}

void mac_edit_drop_backup(const struct mac *mac, const char *path, unsigned int number, const char *text, size_t size) {
    char name[MAC_PATH_BYTES];
    char full[MAC_PATH_BYTES];
    struct image_error error;
    struct image image;

    if (!number || !mac_edit_backup(path, number, name) || mac_check(mac, name, &error) < 0 ||
        !mac_path(mac, name, full) || image_open(&image, full, &error) < 0)
        return;
    if (is_still(&image, text, size))
        unlink(image.path);
    image_close(&image);
}
