/* SPDX-License-Identifier: MIT */
#ifdef __linux__
#define _GNU_SOURCE
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <mntent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

const char *host_default_image(void) {
    return NULL;
}

int host_program_path(char *path, size_t size) {
    ssize_t length = readlink("/proc/self/exe", path, size);

    if (length < 0)
        return -errno;
    if ((size_t)length >= size)
        return -ENAMETOOLONG;
    path[length] = '\0';
    return 0;
}

int host_clone(int from, const char *to) {
    int fd = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return -errno;
    if (ioctl(fd, FICLONE, from) == 0)
        return fd;
    /* File systems report with different errno values that they cannot clone. */
    unlink(to);
    close(fd);
    return -ENOTSUP;
}

int64_t host_copy(int from, int to, uint64_t size) {
    uint64_t done = 0;

    while (done < size) {
        off_t in = (off_t)done;
        off_t out = (off_t)done;
        size_t piece = size - done < (1u << 30) ? (size_t)(size - done) : 1u << 30;
        ssize_t got = copy_file_range(from, &in, to, &out, piece, 0);

        if (got == 0)
            break;
        if (got < 0) {
            if (errno == EINTR)
                continue;
            if (errno == ENOSPC || errno == EDQUOT || errno == EIO || errno == EFBIG)
                return -errno;
            break; /* these two files or this kernel do not support it */
        }
        done += (uint64_t)got;
    }
    return (int64_t)done;
}

static int copy_attribute(int from, int to, const char *name) {
    char *value = NULL;
    ssize_t size = fgetxattr(from, name, NULL, 0);
    int rc = 0;

    if (size < 0)
        return errno == ENODATA ? 0 : -errno;
    value = malloc((size_t)size + 1);
    if (!value)
        return -ENOMEM;
    size = fgetxattr(from, name, value, (size_t)size);
    if (size < 0 || fsetxattr(to, name, value, (size_t)size, 0) < 0)
        rc = -errno;
    free(value);
    /* The security policy sets security.* of new files, and may not allow the copy. */
    if (rc && strncmp(name, "security.", 9) == 0)
        rc = 0;
    return rc;
}

/* On Linux POSIX ACLs are extended attributes too (system.posix_acl_access). */
int host_copy_attributes(int from, int to) {
    ssize_t size = flistxattr(from, NULL, 0);
    char *names;
    int rc = 0;

    if (size <= 0)
        return size == 0 || errno == ENOTSUP ? 0 : -errno;
    names = malloc((size_t)size);
    if (!names)
        return -ENOMEM;
    size = flistxattr(from, names, (size_t)size);
    if (size < 0)
        rc = -errno;
    for (const char *name = names; rc == 0 && name < names + size; name += strlen(name) + 1)
        rc = copy_attribute(from, to, name);
    free(names);
    return rc;
}

int host_sync(int fd) {
    return fsync(fd) < 0 ? -errno : 0;
}

int host_lock(int fd) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno == ENOLCK || errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL || errno == EBADF)
        return -ENOTSUP;
    return -errno;
}

uint64_t host_monotonic_ns(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int host_set_times(int fd, const struct stat *like) {
    struct timespec times[2];

    if (like)
        times[0] = times[1] = like->st_mtim;
    return futimens(fd, like ? times : NULL) < 0 ? -errno : 0;
}

uint64_t host_modified_ns(const struct stat *stat) {
    return (uint64_t)stat->st_mtim.tv_sec * 1000000000u + (uint64_t)stat->st_mtim.tv_nsec;
}

uint64_t host_changed_ns(const struct stat *stat) {
    return (uint64_t)stat->st_ctim.tv_sec * 1000000000u + (uint64_t)stat->st_ctim.tv_nsec;
}

bool host_mounted(size_t place, char *path, size_t size) {
    FILE *table = setmntent("/proc/self/mounts", "r");
    const struct mntent *entry = NULL;
    bool fits;

    if (!table)
        return false;
    for (size_t i = 0; i <= place; i++)
        entry = getmntent(table);
    fits = entry && strlen(entry->mnt_dir) < size;
    if (fits)
        memcpy(path, entry->mnt_dir, strlen(entry->mnt_dir) + 1);
    endmntent(table);
    return fits;
}

bool host_is_immutable(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int flags = 0;

    if (fd < 0)
        return false;
    if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0)
        flags = 0;
    close(fd);
    return flags & FS_IMMUTABLE_FL;
}

const char *host_hint(int error) {
    if (error == EACCES || error == EPERM)
        return "run it as the owner of the file, or with sudo";
    return NULL;
}
#else
/* ISO C allows no empty translation unit. */
typedef int host_linux_is_empty;
#endif
