/* SPDX-License-Identifier: MIT */
#include "lock.h"

#include "cleanup.h"
#include "host.h"
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOCK_MARK ".usermount-lock"
#define LOCK_NAME_BYTES 200 /* of the target's name: the whole name may have 255 (NAME_MAX) */
/* leftover_sweep() of another packer holds a lock for a moment while it checks whether the file is a leftover. */
#define LOCK_TRIES 16
#define LOCK_PAUSE_NS 10000000L

/* Long names with the same first 200 bytes share a lock. Names are cut between UTF-8 characters: APFS refuses others.
 */
static char *make_path(const char *target) {
    const char *name = strrchr(target, '/') + 1;
    size_t length = strlen(name);
    size_t size;
    char *path;

    if (length > LOCK_NAME_BYTES) {
        length = LOCK_NAME_BYTES;
        while (length && ((unsigned char)name[length] & 0xC0) == 0x80)
            length--;
    }
    size = (size_t)(name - target) + 1 + length + sizeof(LOCK_MARK);
    path = malloc(size);
    if (path)
        snprintf(path, size, "%.*s.%.*s" LOCK_MARK, (int)(name - target), target, (int)length, name);
    return path;
}

/* Whether the open file still has that name. The previous holder unlinks it before it releases the lock. */
static bool is_at(int fd, const char *path) {
    struct stat ours;
    struct stat theirs;

    return fstat(fd, &ours) == 0 && lstat(path, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
           ours.st_ino == theirs.st_ino;
}

static void write_holder(int fd) {
    char text[24];
    int length = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    ssize_t ignored;

    if (ftruncate(fd, 0) < 0)
        return;
    ignored = pwrite(fd, text, (size_t)length, 0); /* only messages use the number */
    (void)ignored;
}

static long read_holder(int fd) {
    char text[24];
    ssize_t length = pread(fd, text, sizeof(text), 0);
    long holder = 0;

    for (ssize_t i = 0; i < length && i < 10 && text[i] >= '0' && text[i] <= '9'; i++)
        holder = holder * 10 + (text[i] - '0');
    return holder;
}

static int tell_busy(int fd, const char *target, struct image_error *error) {
    image_fail(error, "lock", target, EBUSY);
    error->holder = read_holder(fd);
    return 1;
}

/*
 * Opens or creates the lock file. Returns a descriptor or -errno; -EINVAL if it is no regular file. An existing file is
 * opened without O_CREAT: Linux denies that to root for a user's file in /tmp (fs.protected_regular). O_NOFOLLOW is not
 * used, because macOS hides it from POSIX programs. is_at() detects a file that was exchanged after lstat(2).
 */
static int open_file(const char *path) {
    int flags = O_RDWR | O_NONBLOCK | O_CLOEXEC;
    struct stat seen;
    int fd = -1;

    if (lstat(path, &seen) < 0) {
        if (errno == ENOENT)
            fd = open(path, flags | O_CREAT | O_EXCL, 0600);
    } else {
        if (!S_ISREG(seen.st_mode))
            return -EINVAL;
        fd = open(path, flags);
    }
    return fd < 0 ? -errno : fd;
}

/* Tries once. Returns 0 if the lock is held, 1 and *error if another attempt may succeed, else -1 and *error. */
static int try(struct lock *lock, const char *target, struct image_error *error) {
    int rc = open_file(lock->path);

    lock->fd = rc < 0 ? -1 : rc;
    if (rc == -EEXIST || rc == -ENOENT)
        return tell_busy(lock->fd, target, error);
    if (rc == -EINVAL)
        return image_fail(error, "replace", lock->path, EINVAL);
    if (rc < 0)
        return image_fail(error, "create a file beside", target, -rc);
    rc = host_lock(lock->fd);
    if (rc == -EWOULDBLOCK || (rc == 0 && !is_at(lock->fd, lock->path)))
        return tell_busy(lock->fd, target, error);
    return rc < 0 && rc != -ENOTSUP ? image_fail(error, "lock", target, -rc) : 0;
}

static void forget(struct lock *lock) {
    if (lock->fd >= 0)
        close(lock->fd);
    free(lock->path);
    *lock = (struct lock){.fd = -1};
}

int lock_take(struct lock *lock, const char *target, struct image_error *error) {
    static const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};
    int rc = 1;

    *lock = (struct lock){.fd = -1, .path = make_path(target)};
    if (!lock->path)
        return image_fail(error, "lock", target, ENOMEM);
    for (int i = 0; rc == 1 && i < LOCK_TRIES; i++) {
        if (i) {
            if (lock->fd >= 0)
                close(lock->fd);
            nanosleep(&pause, NULL);
        }
        rc = try(lock, target, error);
    }
    if (rc == 0) {
        cleanup_add(lock->path);
        write_holder(lock->fd);
        return 0;
    }
    forget(lock);
    return -1;
}

void lock_drop(struct lock *lock) {
    if (lock->fd < 0)
        return;
    cleanup_forget(lock->path);
    unlink(lock->path);
    forget(lock);
}

bool lock_is_name(const char *name) {
    size_t length = strlen(name);
    size_t mark = strlen(LOCK_MARK);

    return name[0] == '.' && length > 1 + mark && strcmp(name + length - mark, LOCK_MARK) == 0;
}
