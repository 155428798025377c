/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "rundir.h"

#include "../engine/logfmt.h"
#include "../system/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <unistd.h>

#define NAME_SIZE 24
#define LOCK "lock"
#define RENEW_US 100000 /* the alarm repeats: one that comes before the waiting call interrupts nothing */

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

/* The descriptor or -errno; -EPERM: somebody else may have opened and locked the file. O_NONBLOCK: a FIFO there does
 * not make the caller wait. */
static int open_lock(int dir, int mode) {
    int fd = openat(dir, LOCK, mode | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    struct stat status;

    if (fd < 0)
        return -errno;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() && !(status.st_mode & 077))
        return fd;
    close(fd);
    return -EPERM;
}

int rundir_lock(int dir) {
    struct flock lock;
    int fd = open_lock(dir, O_RDWR | O_CREAT);

    if (fd < 0)
        return fd;
    /* The lock of a removed directory. If it is the same file, close(2) frees its lock, and the next line takes it. */
    if (lock_fd >= 0)
        close(lock_fd);
    lock_fd = -1;
    int error = set_lock(fd, F_SETLK, &lock);
    if (error != 0) {
        close(fd);
        return error == -EAGAIN || error == -EACCES ? -EBUSY : error;
    }
    lock_fd = fd; /* stays open: close(2) would free the lock */
    return 0;
}

int rundir_watch(const char *path) {
    char lock[PATH_MAX];
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

    if (fd < 0)
        return -errno;
    /* The removal of an open file is only a change of its attributes. */
    if ((size_t)snprintf(lock, sizeof lock, "%s/%s", path, LOCK) < sizeof lock &&
        inotify_add_watch(fd, lock, IN_ATTRIB | IN_MOVE_SELF) >= 0 &&
        inotify_add_watch(fd, path, IN_DELETE | IN_MOVE_SELF) >= 0)
        return fd;
    int error = errno;
    close(fd);
    return -error;
}

/* The daemon itself removes its temporary files. */
static bool is_loss(const struct inotify_event *event) {
    size_t len = event->len > 0 ? strlen(event->name) : 0;

    return (event->mask & IN_DELETE) && !(len > 4 && strcmp(event->name + len - 4, ".new") == 0);
}

bool rundir_read_watch(int watch) {
    union {
        struct inotify_event event; /* for its alignment */
        char bytes[4096];
    } buffer;
    bool lost = false;
    ssize_t n;

    while ((n = read(watch, buffer.bytes, sizeof buffer)) > 0) {
        for (const char *at = buffer.bytes; at < buffer.bytes + n;) {
            const struct inotify_event *event = (const struct inotify_event *)(const void *)at;
            lost = lost || is_loss(event);
            at += sizeof *event + event->len;
        }
    }
    return lost;
}

bool rundir_is_ours(const char *path) {
    char lock[PATH_MAX];
    struct stat held, there;

    if (lock_fd < 0)
        return false;
    if ((size_t)snprintf(lock, sizeof lock, "%s/%s", path, LOCK) >= sizeof lock || fstat(lock_fd, &held) != 0)
        return true;
    if (lstat(lock, &there) != 0)
        return errno != ENOENT && errno != ENOTDIR;
    return held.st_dev == there.st_dev && held.st_ino == there.st_ino;
}

int rundir_retake(const char *path) {
    int dir = rundir_open(path, true);

    if (dir < 0)
        return dir;
    int error = rundir_lock(dir);
    if (error == 0)
        return dir;
    close(dir);
    return error;
}

/* For a caller that may not open the lock, by the file `daemon`. It cannot signal the daemon either. */
static int holder_by_word(int dir, pid_t *holder) {
    struct rundir_daemon daemon;

    if (faccessat(dir, "daemon", R_OK, 0) != 0 && errno != ENOENT)
        return -errno;
    if (rundir_read_daemon(dir, &daemon) && daemon.started > 0 && process_started(daemon.pid) == daemon.started)
        *holder = daemon.pid;
    return 0;
}

int rundir_holder(int dir, pid_t *holder) {
    struct flock lock;
    int fd = open_lock(dir, O_RDONLY);

    *holder = 0;
    if (fd == -EACCES)
        return holder_by_word(dir, holder);
    if (fd < 0)
        return fd == -ENOENT ? 0 : fd;
    int error = set_lock(fd, F_GETLK, &lock);
    close(fd);
    if (error != 0 || lock.l_type == F_UNLCK)
        return error;
    *holder = lock.l_pid;
    return lock.l_pid > 0 ? 0 : -ESRCH; /* the holder lives in another pid namespace */
}

static void interrupt(int number) {
    (void)number; /* its arrival interrupts fcntl(2) */
}

int rundir_wait_free(int dir, unsigned timeout_s) {
    const struct sigaction action = {.sa_handler = interrupt};
    const struct itimerval off = {{0, 0}, {0, 0}};
    const struct itimerval timer = {.it_value = {.tv_sec = timeout_s}, .it_interval = {.tv_usec = RENEW_US}};
    struct flock lock;
    int fd = open_lock(dir, O_RDWR);

    if (fd < 0)
        return fd == -ENOENT ? 0 : fd;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
    int error = set_lock(fd, F_SETLKW, &lock);
    setitimer(ITIMER_REAL, &off, NULL);
    close(fd);
    return error == -EINTR ? -ETIMEDOUT : error;
}

static int write_whole(int dir, const char *name, const char *text, size_t len) {
    char temporary[NAME_SIZE + 4];

    snprintf(temporary, sizeof temporary, "%s.new", name);
    if (unlinkat(dir, temporary, 0) != 0 && errno == EISDIR)
        unlinkat(dir, temporary, AT_REMOVEDIR);
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
    char line[256], number[24];
    struct text_out out = text_out(line, sizeof line);
    int len = snprintf(number, sizeof number, "%ld\n", (long)daemon->pid);
    int error = write_whole(dir, "pid", number, (size_t)len);

    logfmt_put_u64(&out, "pid", (uint64_t)daemon->pid);
    logfmt_put_u64(&out, "started", daemon->started);
    logfmt_put(&out, "version", version);
    logfmt_put_u64(&out, "mounts", daemon->mounts);
    logfmt_put_u64(&out, "fingerprint", daemon->fingerprint);
    text_put_char(&out, '\n');
    int other = write_whole(dir, "daemon", line, out.len);
    return error ? error : other;
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
            daemon->pid = number <= INT32_MAX ? (pid_t)number : 0;
        else if (text_is(key, "started"))
            daemon->started = number;
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
        snprintf(name, sizeof name, "events.%u", i);
        unlinkat(dir, name, 0);
    }
    unlinkat(dir, "daemon", 0);
    unlinkat(dir, "pid", 0);
}
