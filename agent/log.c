/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "log.h"

#include "clock.h"
#include "logfmt.h"

#include <fcntl.h>
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
    enum config_loglevel level;
    bool to_stderr;
    bool is_child;
    char boot[BOOT_SIZE];
    char kept[KEPT_SIZE];
    size_t kept_len;
    unsigned lost; /* lines that did not fit into `kept` */
} log_state;

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
    log_state.path = path;
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

static void rotate(void) {
    char old[4096];
    struct stat status;

    if (log_state.is_child || lstat(log_state.path, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size < LOG_SIZE_MAX)
        return;
    if ((size_t)snprintf(old, sizeof old, "%s.1", log_state.path) < sizeof old)
        rename(log_state.path, old);
}

/* Append `text` whole or not at all: a part of a line, left by a full disk, is taken back. */
static bool append(const char *text, size_t len) {
    rotate();
    int fd = open(log_state.path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644);
    struct stat status;

    if (fd < 0)
        return false;
    bool known = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    ssize_t n = write(fd, text, len);
    if (n >= 0 && (size_t)n < len && known && ftruncate(fd, status.st_size) != 0)
        n = (ssize_t)len; /* better a torn line than the same one for ever */
    close(fd);
    return n >= 0 && (size_t)n == len;
}

bool log_flush(void) {
    char note[96];

    if (log_state.kept_len == 0)
        return true;
    if (!append(log_state.kept, log_state.kept_len))
        return false;
    log_state.kept_len = 0;
    if (log_state.lost > 0) {
        snprintf(note, sizeof note, "event=log-gap lost=%u", log_state.lost);
        log_state.lost = 0;
        log_line(LOGLEVEL_WARN, note);
    }
    return true;
}

static void keep(const char *text, size_t len) {
    if (log_state.kept_len + len > KEPT_SIZE) {
        log_state.lost++;
        return;
    }
    memcpy(log_state.kept + log_state.kept_len, text, len);
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
    if (write(fd, message, size) < 0) { /* then it is in our own log only */
    }
    close(fd);
}

void log_line(enum config_loglevel level, const char *line) {
    char text[LINE_SIZE];

    if (level > log_state.level)
        return;
    struct text_out out = text_out(text, sizeof text - 1); /* one byte is for the end of the line */
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
    if (level <= LOGLEVEL_WARN)
        to_kernel(level, line);
}
