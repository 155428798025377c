/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "rundir.h"

#include "logfmt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define NAME_SIZE 24

static int lock_fd = -1;

int rundir_open(const char *path, bool make) {
    if (make && mkdir(path, 0755) != 0 && errno != EEXIST)
        return -errno;
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return dir < 0 ? -errno : dir;
}

static int set_lock(int fd, int command, struct flock *lock) {
    *lock = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, command, lock) == 0 ? 0 : -errno;
}

int rundir_lock(int dir) {
    struct flock lock;
    int fd = openat(dir, "pid", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

    if (fd < 0)
        return -errno;
    int error = set_lock(fd, F_SETLK, &lock);
    if (error != 0) {
        close(fd);
        return error == -EAGAIN || error == -EACCES ? -EBUSY : error;
    }
    if (ftruncate(fd, 0) != 0 || dprintf(fd, "%ld\n", (long)getpid()) < 0) {
        error = -errno;
        close(fd);
        return error;
    }
    lock_fd = fd; /* open for as long as the process lives; closing it would give the lock back */
    return 0;
}

static int open_pid(int dir, int mode) {
    return openat(dir, "pid", mode | O_CLOEXEC | O_NOFOLLOW);
}

pid_t rundir_holder(int dir) {
    struct flock lock = {.l_type = F_UNLCK};
    int fd = open_pid(dir, O_RDONLY);

    if (fd < 0)
        return 0;
    int error = set_lock(fd, F_GETLK, &lock);
    close(fd);
    return error == 0 && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

static void interrupt(int number) {
    (void)number; /* its arrival ends the call that waits */
}

int rundir_wait_free(int dir, unsigned timeout_s) {
    struct sigaction action = {.sa_handler = interrupt};
    struct flock lock;
    int fd = open_pid(dir, O_RDWR);

    if (fd < 0)
        return 0;
    sigaction(SIGALRM, &action, NULL);
    alarm(timeout_s);
    int error = set_lock(fd, F_SETLKW, &lock);
    alarm(0);
    close(fd);
    return error == -EINTR ? -ETIMEDOUT : error;
}

static int write_whole(int dir, const char *name, const char *text, size_t len) {
    char temporary[NAME_SIZE + 4];

    snprintf(temporary, sizeof temporary, "%s.new", name);
    unlinkat(dir, temporary, 0);
    int fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return -errno;
    ssize_t n = write(fd, text, len);
    int error = n < 0 ? -errno : (size_t)n < len ? -ENOSPC : 0;
    close(fd);
    if (error == 0 && renameat(dir, temporary, dir, name) != 0)
        error = -errno;
    if (error != 0)
        unlinkat(dir, temporary, 0);
    return error;
}

static struct text read_whole(int dir, const char *name, char *buffer, size_t size) {
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, buffer, size);

    if (fd >= 0)
        close(fd);
    while (n > 0 && buffer[n - 1] == '\n')
        n--;
    return (struct text){buffer, n > 0 ? (size_t)n : 0};
}

int rundir_write_daemon(int dir, const struct rundir_daemon *daemon, const char *version) {
    char line[256];
    struct text_out out = text_out(line, sizeof line);

    logfmt_put_u64(&out, "pid", (uint64_t)daemon->pid);
    logfmt_put(&out, "version", version);
    logfmt_put_u64(&out, "mounts", daemon->mounts);
    logfmt_put_u64(&out, "fingerprint", daemon->fingerprint);
    text_put_char(&out, '\n');
    return write_whole(dir, "daemon", line, out.len);
}

bool rundir_read_daemon(int dir, struct rundir_daemon *daemon) {
    char buffer[256], value[64];
    struct text line = read_whole(dir, "daemon", buffer, sizeof buffer), key;
    uint64_t number;

    *daemon = (struct rundir_daemon){.pid = 0};
    while (logfmt_next(&line, &key, value, sizeof value)) {
        if (!text_u64(text_of(value), UINT64_MAX, &number))
            continue;
        if (text_is(key, "pid"))
            daemon->pid = (pid_t)number;
        else if (text_is(key, "mounts") && number <= CONFIG_MOUNTS_MAX)
            daemon->mounts = (uint32_t)number;
        else if (text_is(key, "fingerprint"))
            daemon->fingerprint = number;
    }
    return daemon->pid > 0 && daemon->mounts > 0;
}

static void mount_name(uint32_t mount, char name[NAME_SIZE]) {
    snprintf(name, NAME_SIZE, "mount.%02u", mount + 1);
}

int rundir_write_mount(int dir, uint32_t mount, const struct status *status) {
    static char line[STATUS_LINE_SIZE];
    char name[NAME_SIZE];
    struct text_out out = text_out(line, sizeof line);

    mount_name(mount, name);
    status_write(status, &out);
    return write_whole(dir, name, line, out.len);
}

bool rundir_read_mount(int dir, uint32_t mount, struct status *status) {
    static char line[STATUS_LINE_SIZE];
    char name[NAME_SIZE];

    mount_name(mount, name);
    return status_read(read_whole(dir, name, line, sizeof line), status);
}

void rundir_clear(int dir, uint32_t mounts) {
    char name[NAME_SIZE];

    for (uint32_t i = 0; i < mounts; i++) {
        mount_name(i, name);
        unlinkat(dir, name, 0);
    }
    unlinkat(dir, "daemon", 0);
}
