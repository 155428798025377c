/* SPDX-License-Identifier: MIT */
/*
 * Written from the manual pages clonefile(2), fcntl(2), acl(3), listxattr(2) and futimens(2). It has not run on a Mac.
 * It must build and run on OS X 10.11. dlsym(3) finds the calls that are younger, because the headers and the linker of
 * an old system do not know them.
 */
#ifdef __APPLE__
#include "host.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <mach-o/dyld.h>
#include <mach/mach_time.h>
#include <stdlib.h>
#include <string.h>
#include <sys/acl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/param.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>

const char *host_default_image(void) {
    return HOST_DOCKER_IMAGE;
}

int host_program_path(char *path, size_t size) {
    char raw[MAXPATHLEN];
    char real[MAXPATHLEN];
    uint32_t raw_size = sizeof(raw);

    if (_NSGetExecutablePath(raw, &raw_size) != 0)
        return -ENAMETOOLONG;
    if (!realpath(raw, real))
        return -errno;
    if (strlen(real) >= size)
        return -ENAMETOOLONG;
    memcpy(path, real, strlen(real) + 1);
    return 0;
}

typedef int (*clone_call)(int from, int directory, const char *to, uint32_t flags);
typedef int (*times_call)(int fd, const struct timespec times[2]);

/* ISO C has no cast from a data pointer to a function pointer. memcpy(3) copies its bits. */
static clone_call find_fclonefileat(void) { /* macOS 10.12 */
    void *symbol = dlsym(RTLD_DEFAULT, "fclonefileat");
    clone_call call = NULL;

    memcpy(&call, &symbol, sizeof(call));
    return call;
}

static times_call find_futimens(void) { /* macOS 10.13 */
    void *symbol = dlsym(RTLD_DEFAULT, "futimens");
    times_call call = NULL;

    memcpy(&call, &symbol, sizeof(call));
    return call;
}

int host_clone(int from, const char *to) {
    clone_call clone = find_fclonefileat();
    int fd;
    int rc;

    if (!clone)
        return -ENOTSUP;
    if (clone(from, AT_FDCWD, to, 0) < 0)
        return errno == EEXIST || errno == EACCES || errno == EPERM || errno == EROFS || errno == ENOSPC ? -errno
                                                                                                         : -ENOTSUP;
    /* A clone has the mode of the original. Nobody else may open it before it is complete. */
    if (chmod(to, 0600) == 0) {
        fd = open(to, O_RDWR | O_CLOEXEC);
        if (fd >= 0)
            return fd;
    }
    rc = -errno;
    unlink(to);
    return rc;
}

int64_t host_copy(int from, int to, uint64_t size) {
    (void)from;
    (void)to;
    (void)size;
    return 0;
}

static int copy_attribute(int from, int to, const char *name) {
    char *value;
    ssize_t size = fgetxattr(from, name, NULL, 0, 0, 0);
    int rc = 0;

    if (size < 0)
        return errno == ENOATTR ? 0 : -errno;
    value = malloc((size_t)size + 1);
    if (!value)
        return -ENOMEM;
    size = fgetxattr(from, name, value, (size_t)size, 0, 0);
    if (size < 0 || fsetxattr(to, name, value, (size_t)size, 0, 0) < 0)
        rc = -errno;
    free(value);
    /* Only the system may set some of com.apple.*. */
    if ((rc == -EPERM || rc == -EACCES) && strncmp(name, "com.apple.", 10) == 0)
        rc = 0;
    return rc;
}

static int copy_acl(int from, int to) {
    acl_t acl = acl_get_fd_np(from, ACL_TYPE_EXTENDED);
    int rc = 0;

    if (!acl)
        return errno == ENOENT || errno == ENOTSUP ? 0 : -errno;
    if (acl_set_fd_np(to, acl, ACL_TYPE_EXTENDED) < 0)
        rc = -errno;
    acl_free(acl);
    return rc;
}

int host_copy_attributes(int from, int to) {
    ssize_t size = flistxattr(from, NULL, 0, 0);
    char *names;
    int rc = 0;

    if (size < 0)
        return errno == ENOTSUP ? 0 : -errno;
    names = malloc((size_t)size + 1);
    if (!names)
        return -ENOMEM;
    size = flistxattr(from, names, (size_t)size, 0);
    if (size < 0)
        rc = -errno;
    for (const char *name = names; rc == 0 && name < names + size; name += strlen(name) + 1)
        rc = copy_attribute(from, to, name);
    free(names);
    return rc ? rc : copy_acl(from, to);
}

/* fsync(2) of macOS leaves the data in the disk's cache. Some file systems do not support F_FULLFSYNC. */
int host_sync(int fd) {
    if (fcntl(fd, F_FULLFSYNC) == 0 || fsync(fd) == 0)
        return 0;
    return -errno;
}

int host_lock(int fd) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    return errno == ENOTSUP || errno == ENOLCK || errno == EINVAL ? -ENOTSUP : -errno;
}

uint64_t host_monotonic_ns(void) {
    mach_timebase_info_data_t unit = {0};
    uint64_t ticks = mach_absolute_time();

    mach_timebase_info(&unit);
    /* In two steps: the product of many ticks and numer would overflow. */
    return ticks / unit.denom * unit.numer + ticks % unit.denom * unit.numer / unit.denom;
}

/* futimes(2) sets microseconds. That suffices before macOS 10.13, which brought futimens(2) and APFS with its finer
 * times. */
int host_set_times(int fd, const struct stat *like) {
    times_call set_times = find_futimens();
    struct timespec fine[2];
    struct timeval coarse[2];
    int rc;

    if (!like)
        return futimes(fd, NULL) < 0 ? -errno : 0;
    fine[0] = fine[1] = like->st_mtimespec;
    coarse[0] = coarse[1] =
        (struct timeval){.tv_sec = fine[0].tv_sec, .tv_usec = (suseconds_t)(fine[0].tv_nsec / 1000)};
    rc = set_times ? set_times(fd, fine) : futimes(fd, coarse);
    return rc < 0 ? -errno : 0;
}

uint64_t host_modified_ns(const struct stat *stat) {
    return (uint64_t)stat->st_mtimespec.tv_sec * 1000000000u + (uint64_t)stat->st_mtimespec.tv_nsec;
}

uint64_t host_changed_ns(const struct stat *stat) {
    return (uint64_t)stat->st_ctimespec.tv_sec * 1000000000u + (uint64_t)stat->st_ctimespec.tv_nsec;
}

bool host_mounted(size_t place, char *path, size_t size) {
    struct statfs *mounts;
    int count = getmntinfo(&mounts, MNT_NOWAIT);

    if (count < 0 || place >= (size_t)count || strlen(mounts[place].f_mntonname) >= size)
        return false;
    memcpy(path, mounts[place].f_mntonname, strlen(mounts[place].f_mntonname) + 1);
    return true;
}

bool host_is_immutable(const char *path) {
    struct stat seen;

    return stat(path, &seen) == 0 && (seen.st_flags & (UF_IMMUTABLE | SF_IMMUTABLE));
}

const char *host_hint(int error) {
    if (error == EPERM)
        return "allow your terminal to change applications: System Settings, Privacy & Security, App "
               "Management";
    if (error == EACCES)
        return "run it with sudo";
    return NULL;
}
#else
/* ISO C allows no empty translation unit. */
typedef int host_darwin_is_empty;
#endif
