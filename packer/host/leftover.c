/* SPDX-License-Identifier: MIT */
#include "leftover.h"

#include "host.h"
#include "lock.h"
#include "secret.h"
#include "target.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MARK ".usermount-"
#define LETTERS "abcdefghijklmnopqrstuvwxyz234567"
#define RANDOM_LETTERS 26u

char *leftover_name(const char *target) {
    const char *slash = strrchr(target, '/');
    size_t folder = slash ? (size_t)(slash - target) + 1 : 0;
    size_t size = folder + strlen(MARK) + RANDOM_LETTERS + 1;
    unsigned char random[RANDOM_LETTERS] = {0};
    int rc = secret_fill(random, sizeof(random));
    char *path;
    char *at;

    if (rc < 0) {
        errno = -rc;
        return NULL;
    }
    path = malloc(size);
    if (!path)
        return NULL;
    snprintf(path, size, "%.*s" MARK, (int)folder, target);
    at = path + strlen(path);
    for (size_t i = 0; i < RANDOM_LETTERS; i++)
        *at++ = LETTERS[random[i] & 31u];
    *at = '\0';
    return path;
}

int leftover_claim(int fd) {
    struct stat seen;
    int rc = host_lock(fd);

    if (rc == -ENOTSUP)
        return 0;
    if (rc < 0)
        return rc == -EWOULDBLOCK ? -EAGAIN : rc;
    if (fstat(fd, &seen) < 0)
        return -errno;
    return seen.st_nlink ? 0 : -EAGAIN;
}

static bool is_ours(const char *name) {
    return lock_is_name(name) ||
           (strncmp(name, MARK, strlen(MARK)) == 0 && strlen(name) == strlen(MARK) + RANDOM_LETTERS &&
            strspn(name + strlen(MARK), LETTERS) == RANDOM_LETTERS);
}

/* NFS locks only files that are open for writing. A settled draft has the image's mode, which may forbid that. */
static int open_leftover(int folder, const char *name) {
    int flags = O_NONBLOCK | O_CLOEXEC;
    int fd = openat(folder, name, O_RDWR | flags);

    return fd < 0 && errno == EACCES ? openat(folder, name, O_RDONLY | flags) : fd;
}

static void sweep_one(int folder, const char *name) {
    struct stat seen;
    struct stat named;
    int fd;

    if (fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(named.st_mode))
        return;
    fd = open_leftover(folder, name);
    if (fd < 0)
        return;
    /* Checked again under the lock: its packer may have renamed it meanwhile, and the name may be another file's. */
    if (host_lock(fd) == 0 && fstat(fd, &seen) == 0 && fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
        seen.st_dev == named.st_dev && seen.st_ino == named.st_ino)
        unlinkat(folder, name, 0);
    close(fd);
}

void leftover_sweep(const char *target) {
    char *folder = target_folder(target);
    DIR *stream = folder ? opendir(folder) : NULL;
    const struct dirent *entry;

    free(folder);
    if (!stream)
        return;
    while ((entry = readdir(stream)))
        if (is_ours(entry->d_name))
            sweep_one(dirfd(stream), entry->d_name);
    closedir(stream);
}
