/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "log.h"

#include "clock.h"
#include "../engine/logfmt.h"
#include "mounttable.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define LINE_SIZE 6144
#define KEPT_SIZE 16384
#define BOOT_SIZE 9 /* the first eight digits of the boot's id, enough to tell one boot from another */

static struct {
    const char *path;
    const char *name; /* the path's last part */
    int folder;       /* -1: not found yet */
    int file;
    enum config_loglevel level;
    bool to_stderr;
    bool is_child;
    char boot[BOOT_SIZE];
    size_t kept_len; /* of `kept` */
    unsigned lost;   /* lines that did not fit */
    bool unsynced;
} log_state = {.folder = -1, .file = -1};

static char kept[KEPT_SIZE]; /* not in log_state: zeros alone take no room in the program's file */

static const char *const level_names[] = {
    [LOGLEVEL_ERROR] = "error",
    [LOGLEVEL_WARN] = "warn",
    [LOGLEVEL_INFO] = "info",
    [LOGLEVEL_DEBUG] = "debug",
};

void log_open(const char *path, enum config_loglevel level) {
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, log_state.boot, BOOT_SIZE - 1);

    if (fd >= 0)
        close(fd);
    log_state.boot[n > 0 ? n : 0] = '\0';
    const char *slash = strrchr(path, '/');
    log_state.path = path;
    log_state.name = slash ? slash + 1 : path;
    log_state.level = level;
}

void log_to_stderr(void) {
    log_state.to_stderr = true;
}

void log_child(void) {
    log_state.is_child = true;
    log_state.kept_len = 0;
    log_state.lost = 0;
}

/* File systems that another machine or a program serves: a call into one can hang. */
static const char *const foreign_types[] = {"fuse", "nfs", "9p", "cifs", "smb", "virtiofs"};

struct covering {
    const char *path;
    bool foreign;
};

static void look_at(void *ctx, const struct mountinfo *entry) {
    struct covering *covering = ctx;

    if (!mountinfo_covers(entry, covering->path))
        return;
    covering->foreign = false; /* the last one is on top */
    for (size_t i = 0; i < sizeof foreign_types / sizeof foreign_types[0]; i++)
        if (text_has_prefix(text_of(entry->type), foreign_types[i]))
            covering->foreign = true;
}

static bool is_foreign(const char *path) {
    struct covering covering = {path, false};

    mounttable_each(look_at, &covering);
    return covering.foreign;
}

static int open_folder(const char *path) {
    return is_foreign(path) ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The folder of the log's path, or LOG_COVERED. */
static int find_folder(void) {
    char path[PATH_MAX];
    size_t len = (size_t)(log_state.name - log_state.path);

    if (len == 0 || len >= sizeof path)
        return -1;
    memcpy(path, log_state.path, len);
    path[len > 1 ? len - 1 : 1] = '\0';
    return is_foreign(path) ? open_folder(LOG_COVERED) : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool open_file(void) {
    log_state.file = openat(log_state.folder, log_state.name,
                            O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644);
    return log_state.file >= 0;
}

static void close_file(void) {
    if (log_state.file >= 0)
        close(log_state.file);
    log_state.file = -1;
}

static void close_folder(void) {
    if (log_state.folder >= 0)
        close(log_state.folder);
    log_state.folder = -1;
}

/* Whether the log's name still leads to the open file. */
static bool is_there(void) {
    struct stat held, there;

    return fstat(log_state.file, &held) == 0 &&
           fstatat(log_state.folder, log_state.name, &there, AT_SYMLINK_NOFOLLOW) == 0 && held.st_dev == there.st_dev &&
           held.st_ino == there.st_ino;
}

static bool is_removed(int folder) {
    struct stat status;

    return fstat(folder, &status) == 0 && status.st_nlink == 0;
}

/* Opens the file if it is not open. The folder stays the first one that was opened, until it is removed. */
static bool reach(void) {
    if (log_state.file >= 0 && is_there())
        return true;
    close_file();
    if (log_state.folder >= 0 && !is_removed(log_state.folder))
        return open_file();
    close_folder();
    log_state.folder = find_folder();
    if (log_state.folder >= 0 && open_file())
        return true;
    close_folder();
    return false;
}

static bool rotate(void) {
    char old[NAME_MAX + 1];
    struct stat status;

    if (log_state.is_child || fstat(log_state.file, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size < LOG_SIZE_MAX)
        return true;
    if ((size_t)snprintf(old, sizeof old, "%s.1", log_state.name) >= sizeof old ||
        renameat(log_state.folder, log_state.name, log_state.folder, old) != 0)
        return true;
    return reach();
}

/* Appends `text` whole or not at all: after a full disk cuts a line, it removes the part. */
static bool append(const char *text, size_t len) {
    struct stat status;

    if (!reach() || !rotate())
        return false;
    bool known = fstat(log_state.file, &status) == 0 && S_ISREG(status.st_mode);
    ssize_t n = write(log_state.file, text, len);
    if (n >= 0 && (size_t)n < len && known && ftruncate(log_state.file, status.st_size) != 0)
        n = (ssize_t)len; /* a part of a line is better than the same line again and again */
    return n >= 0 && (size_t)n == len;
}

bool log_flush(void) {
    char note[96];

    if (log_state.kept_len == 0)
        return true;
    if (!append(kept, log_state.kept_len))
        return false;
    log_state.kept_len = 0;
    log_state.unsynced = true; /* one of the lines may be a warning */
    if (log_state.lost > 0) {
        snprintf(note, sizeof note, "event=log-gap lost=%u", log_state.lost);
        log_state.lost = 0;
        log_line(LOGLEVEL_WARN, note);
    }
    return true;
}

void log_descriptors(int keep[2]) {
    keep[0] = log_state.file > 0 ? log_state.file : 0;
    keep[1] = log_state.folder > 0 ? log_state.folder : 0;
}

void log_child_ended(void) {
    log_state.unsynced = true;
}

bool log_wants_sync(void) {
    return log_state.unsynced && log_state.file >= 0;
}

void log_syncing(void) {
    log_state.unsynced = false;
}

/* Syncs the folder too: the file may be new. */
enum work_end log_sync(const void *nothing, struct recorder *recorder) {
    (void)nothing;
    (void)recorder;
    return fsync(log_state.file) == 0 && fsync(log_state.folder) == 0 ? WORK_DONE : WORK_FAILED;
}

static void keep(const char *text, size_t len) {
    if (log_state.kept_len + len > KEPT_SIZE) {
        log_state.lost++;
        return;
    }
    memcpy(kept + log_state.kept_len, text, len);
    log_state.kept_len += len;
}

/* printk(9) levels: 3 error, 4 warning. */
static void to_kernel(enum config_loglevel level, const char *line) {
    char message[1000]; /* a record of /dev/kmsg holds about 1000 bytes */
    int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return;
    int len = snprintf(message, sizeof message, "<%d>usermount: %s", level == LOGLEVEL_ERROR ? 3 : 4, line);
    size_t size = len < (int)sizeof message ? (size_t)len : sizeof message - 1;
    if (write(fd, message, size) < 0) { /* the line is in our own log */
    }
    close(fd);
}

void log_line(enum config_loglevel level, const char *line) {
    char text[LINE_SIZE];

    if (level > log_state.level)
        return;
    struct text_out out = text_out(text, sizeof text - 1); /* leaves one byte for the line feed */
    logfmt_put_time(&out, "ts", clock_now().real_ms);
    logfmt_put(&out, "level", level_names[level]);
    logfmt_put(&out, "boot", log_state.boot);
    text_put_char(&out, ' ');
    text_put(&out, line);
    text[out.len] = '\n';
    if (log_state.to_stderr && write(STDERR_FILENO, text, out.len + 1) < 0)
        log_state.to_stderr = false;
    if (!log_flush() || !append(text, out.len + 1))
        keep(text, out.len + 1);
    if (level > LOGLEVEL_WARN)
        return;
    log_state.unsynced = true;
    to_kernel(level, line);
}
