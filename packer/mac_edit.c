/* SPDX-License-Identifier: MIT */
#include "mac_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(struct image_error *error, const char *action, const char *object, int number) {
    error->action = action;
    error->error = number;
    snprintf(error->object, sizeof(error->object), "%s", object);
    return -1;
}

/* A file that is missing begins empty. Whether it was made here. */
static bool make_empty(const char *full) {
    int fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

    if (fd < 0)
        return false;
    fchmod(fd, 0644);
    close(fd);
    return true;
}

static bool is_still(const struct image *image, const char *text, size_t size) {
    return image->size == size && (size == 0 || (text && memcmp(image->bytes, text, size) == 0));
}

static int write_backup(const struct image *image, struct image_error *error) {
    char path[MAC_PATH_BYTES];
    struct draft draft;
    int rc = -1;

    if ((size_t)snprintf(path, sizeof(path), "%s" MAC_BACKUP, image->path) >= sizeof(path))
        return fail(error, "back up", image->path, ENAMETOOLONG);
    if (draft_create(&draft, image, path, image->size, error) < 0)
        return -1;
    if (draft_settle(&draft, image, error) == 0 && draft_commit(&draft, image, error) == 0)
        rc = 0;
    draft_abandon(&draft);
    return rc;
}

/* The bytes that old and new text begin with alike are copied, so that a clone keeps what it can. */
static size_t common(const struct mac_edit *edit, const struct image *image) {
    size_t size = 0;

    while (size < edit->new_size && size < image->size && (char)image->bytes[size] == edit->new_text[size])
        size++;
    return size;
}

static int replace(const struct mac_edit *edit, const struct image *image, struct image_error *error) {
    size_t kept = common(edit, image);
    struct draft draft;
    int rc = -1;

    if (draft_create(&draft, image, image->path, kept, error) < 0)
        return -1;
    if (draft_append(&draft, edit->new_text + kept, edit->new_size - kept, error) == 0 &&
        draft_settle(&draft, image, error) == 0) {
        if (edit->approve && !edit->approve(edit->context, draft.path))
            rc = 1;
        else if (edit->has_backup && write_backup(image, error) < 0)
            rc = -1;
        else if (futimens(draft.fd, NULL) < 0) /* the text is new, other than an image's base */
            rc = fail(error, "set the times of", draft.target, errno);
        else
            rc = draft_commit(&draft, image, error);
    }
    draft_abandon(&draft);
    return rc;
}

static int change(const struct mac_edit *edit, struct image *image, struct image_error *error) {
    if (image_lock(image, NULL, error) < 0)
        return -1;
    if (!is_still(image, edit->old_text, edit->old_size))
        return fail(error, "change", image->path, ESTALE);
    if (edit->new_text)
        return replace(edit, image, error);
    return unlink(image->path) < 0 ? fail(error, "remove", image->path, errno) : 0;
}

int mac_edit(const struct mac *mac, const struct mac_edit *edit, struct image_error *error) {
    char full[MAC_PATH_BYTES];
    struct image image;
    bool is_made = false;
    int rc;

    if (mac_check(mac, edit->path, error) < 0)
        return -1;
    if (!mac_path(mac, edit->path, full))
        return fail(error, "open", edit->path, ENAMETOOLONG);
    if (!edit->old_text)
        is_made = make_empty(full);
    rc = image_open(&image, full, error);
    if (rc == 0) {
        rc = change(edit, &image, error);
        image_close(&image);
    }
    if (rc && is_made)
        unlink(full);
    return rc;
}

void mac_edit_drop_backup(const struct mac *mac, const char *path, const char *text, size_t size) {
    char name[MAC_PATH_BYTES];
    char full[MAC_PATH_BYTES];
    struct image_error error;
    struct image image;

    if ((size_t)snprintf(name, sizeof(name), "%s" MAC_BACKUP, path) >= sizeof(name) ||
        mac_check(mac, name, &error) < 0 || !mac_path(mac, name, full) || image_open(&image, full, &error) < 0)
        return;
    if (is_still(&image, text, size))
        unlink(image.path);
    image_close(&image);
}
