/* SPDX-License-Identifier: MIT */
/*
 * Drafts. Two invariants: the packer never writes to the target's own bytes, and it removes a draft that is not
 * committed, also when a signal ends it (cleanup.h). After SIGKILL or a crash the draft stays. The next run that writes
 * to the folder removes it (leftover.h).
 */
#define _XOPEN_SOURCE 700 /* fchown, realpath */
#include "cleanup.h"
#include "host.h"
#include "image.h"
#include "leftover.h"
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DRAFT_TRIES 16

/* From now on nobody removes the file. */
static void forget(struct draft *draft) {
    if (draft->path)
        cleanup_forget(draft->path);
    free(draft->path);
    draft->path = NULL;
}

/* Creates a clone or an empty file. Fails if the name is in use. Returns a descriptor or -errno. */
static int open_new(const struct draft *draft, const struct image *image, bool is_clone) {
    int fd =
        is_clone ? host_clone(image->fd, draft->path) : open(draft->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    return fd < 0 && !is_clone ? -errno : fd;
}

static int make_one(const struct draft *draft, const struct image *image, bool is_clone) {
    int fd = open_new(draft, image, is_clone);
    int rc = fd < 0 ? fd : leftover_claim(fd);

    if (fd >= 0 && rc < 0) {
        unlink(draft->path);
        close(fd);
    }
    return rc < 0 ? rc : fd;
}

/*
 * Each attempt takes a new name, also after a clone that failed. Another packer's sweep may have taken the first file
 * for a leftover and be about to unlink its name. Returns the locked descriptor, or -errno.
 */
static int make_file(struct draft *draft, const struct image *image, bool *is_clone) {
    int fd = -EAGAIN;

    *is_clone = true;
    for (int attempt = 0; (fd == -EAGAIN || fd == -EEXIST) && attempt < DRAFT_TRIES; attempt++) {
        forget(draft);
        draft->path = leftover_name(draft->target);
        if (!draft->path)
            return -errno;
        /* Before the file exists: a signal may arrive at any time, and unlink(2) of a missing file does no harm. */
        cleanup_add(draft->path);
        fd = make_one(draft, image, *is_clone);
        if (fd == -ENOTSUP && *is_clone) {
            *is_clone = false;
            fd = -EAGAIN;
        }
    }
    return fd;
}

/* Copies the first keep bytes of the image to the draft. Returns 0 or -errno. */
static int fill(struct draft *draft, const struct image *image, uint64_t keep, bool is_clone) {
    int64_t done;

    if (is_clone)
        return ftruncate(draft->fd, (off_t)keep) < 0 ? -errno : 0;
    done = host_copy(image->fd, draft->fd, keep);
    if (done < 0)
        return (int)done;
    return image_write(draft->fd, image->bytes + done, keep - (uint64_t)done, (uint64_t)done);
}

static int map(struct draft *draft, uint64_t size, struct image_error *error) {
    void *bytes;

    draft->size = size;
    if (size == 0)
        return 0;
    bytes = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, draft->fd, 0);
    if (bytes == MAP_FAILED)
        return image_fail(error, "map", draft->path, errno);
    draft->bytes = bytes;
    draft->mapped_bytes = size;
    return 0;
}

int draft_create(struct draft *draft, const struct image *image, const char *target, uint64_t keep,
                 struct image_error *error) {
    bool is_clone = false;
    int rc;

    *draft = (struct draft){.fd = -1};
    if (target_resolve(target, &draft->target, error) < 0)
        goto out;
    leftover_sweep(draft->target);
    draft->fd = make_file(draft, image, &is_clone);
    if (draft->fd < 0) {
        image_fail(error, "create a file beside", target, -draft->fd);
        forget(draft);
        goto out;
    }
    rc = fill(draft, image, keep, is_clone);
    if (rc < 0) {
        image_fail(error, "write", target, -rc);
        goto out;
    }
    if (map(draft, keep, error) == 0)
        return 0;
out:
    draft_abandon(draft);
    return -1;
}

int draft_append(struct draft *draft, const void *bytes, size_t size, struct image_error *error) {
    static const unsigned char zeros[64];
    int rc = 0;

    while (size && rc == 0) {
        size_t piece = bytes || size < sizeof(zeros) ? size : sizeof(zeros);

        rc = image_write(draft->fd, bytes ? bytes : zeros, piece, draft->size);
        draft->size += piece;
        size -= piece;
    }
    return rc < 0 ? image_fail(error, "write", draft->target, -rc) : 0;
}

/* A user who may not change the owner keeps the file (EPERM). The mode comes after chown(2), which clears bits of it.
 */
static int take_after(const struct draft *draft, const struct image *like, struct image_error *error) {
    int rc;

    if (fchown(draft->fd, like->seen.st_uid, like->seen.st_gid) < 0 && errno != EPERM)
        return image_fail(error, "set the owner of", draft->target, errno);
    rc = host_copy_attributes(like->fd, draft->fd);
    if (rc < 0)
        return image_fail(error, "keep the attributes of", draft->target, -rc);
    if (fchmod(draft->fd, like->seen.st_mode & 07777) < 0)
        return image_fail(error, "set the mode of", draft->target, errno);
    rc = host_set_times(draft->fd, &like->seen);
    return rc < 0 ? image_fail(error, "set the times of", draft->target, -rc) : 0;
}

/* Opens the directory of `path`. Returns a descriptor or -errno. */
static int open_directory(const char *path) {
    char *directory = target_folder(path);
    int fd = directory ? open(directory, O_RDONLY | O_CLOEXEC) : -1;
    int rc = fd < 0 ? -errno : fd;

    free(directory);
    return rc;
}

/* Some file systems cannot sync a directory. The rename has succeeded, so that is no error. */
static int sync_directory(int directory) {
    int rc = host_sync(directory);

    return rc == -EINVAL || rc == -EBADF || rc == -ENOTSUP ? 0 : rc;
}

int draft_settle(struct draft *draft, const struct image *like, struct image_error *error) {
    int rc;

    if (take_after(draft, like, error) < 0)
        return -1;
    rc = host_sync(draft->fd);
    return rc < 0 ? image_fail(error, "write", draft->target, -rc) : 0;
}

/* link(2) never replaces a file. Without hard links a check before the rename must suffice. */
static int put_new(const struct draft *draft) {
    struct stat seen;

    if (link(draft->path, draft->target) == 0)
        return unlink(draft->path);
    if (errno == EEXIST)
        return -1;
    if (lstat(draft->target, &seen) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(draft->path, draft->target);
}

static int put(const struct draft *draft) {
    return rename(draft->path, draft->target);
}

/* Only the sync of the directory can fail after the rename. */
static int commit(struct draft *draft, const struct image *like, int (*how)(const struct draft *draft),
                  struct image_error *error) {
    int directory = open_directory(draft->target);
    int rc = -1;

    if (directory < 0)
        return image_fail(error, "open the directory of", draft->target, -directory);
    /* Checked as late as possible: reading and syncing took most of the time. */
    if (image_check(like, error) < 0 || target_check(draft->target, error) < 0)
        goto out;
    if (how(draft) < 0) {
        image_fail(error, "replace", draft->target, errno);
        goto out;
    }
    forget(draft);
    rc = sync_directory(directory);
    if (rc < 0)
        image_fail(error, "sync the directory of", draft->target, -rc);
out:
    close(directory);
    return rc < 0 ? -1 : 0;
}

int draft_commit(struct draft *draft, const struct image *like, struct image_error *error) {
    return commit(draft, like, put, error);
}

int draft_commit_new(struct draft *draft, const struct image *like, struct image_error *error) {
    return commit(draft, like, put_new, error);
}

void draft_abandon(struct draft *draft) {
    if (draft->bytes)
        munmap((void *)(uintptr_t)draft->bytes, (size_t)draft->mapped_bytes);
    if (draft->fd >= 0)
        close(draft->fd);
    if (draft->path)
        unlink(draft->path);
    forget(draft);
    free(draft->target);
    *draft = (struct draft){.fd = -1};
}
