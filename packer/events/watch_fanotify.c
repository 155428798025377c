/* SPDX-License-Identifier: MIT */
#ifdef __linux__
#define _GNU_SOURCE
#include "echo.h"
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * One mark watches the whole file system. Each event has the handle of a folder and a name in it. open_by_handle_at(2)
 * and /proc/self/fd give the present path of the folder. The root is open only during a read: an open file would keep
 * the file system from being unmounted. Sources: fanotify(7), fanotify_init(2).
 */

#define CONTENT_MASK (FAN_MODIFY | FAN_CREATE | FAN_DELETE | FAN_MOVED_FROM | FAN_MOVED_TO)
#define MASK (CONTENT_MASK | FAN_CLOSE_WRITE | FAN_ATTRIB | FAN_ONDIR)
#define READ_BYTES 65536
#define READS 4 /* at most, for one call of watch_read() */

struct watch {
    int fd;
    char path[PATH_MAX];
    char folder[PATH_MAX + NAME_MAX + 2];
    char events[READ_BYTES] __attribute__((aligned(8)));
};

int watch_path(const char *folder, char **path) {
    *path = realpath(folder, NULL);
    return *path ? 0 : -errno;
}

int watch_open(const char *path, struct watch **made) {
    struct watch *watch = calloc(1, sizeof *watch);
    int rc;

    if (!watch)
        return -ENOMEM;
    snprintf(watch->path, sizeof watch->path, "%s", path);
    watch->fd = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_REPORT_DFID_NAME, O_RDONLY);
    if (watch->fd >= 0 && fanotify_mark(watch->fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, MASK, AT_FDCWD, path) == 0) {
        *made = watch;
        return 0;
    }
    rc = -errno;
    watch_close(watch);
    return rc;
}

int watch_fd(const struct watch *watch) {
    return watch->fd;
}

void watch_close(struct watch *watch) {
    if (watch && watch->fd >= 0)
        close(watch->fd);
    free(watch);
}

/* Writes the present path of a folder to watch->folder. Returns its length, 0 if the folder is gone, or -1 if it has no
 * path. */
static ssize_t find_folder(struct watch *watch, int root, struct file_handle *handle) {
    char link[64];
    struct stat stat;
    ssize_t len;
    int fd = open_by_handle_at(root, handle, O_PATH | O_CLOEXEC);

    if (fd < 0)
        return errno == ESTALE || errno == ENOENT ? 0 : -1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    len = fstat(fd, &stat) == 0 && stat.st_nlink == 0 ? 0 : readlink(link, watch->folder, PATH_MAX);
    close(fd);
    return len < PATH_MAX ? len : -1;
}

static unsigned causes_of(uint64_t mask) {
    return (mask & CONTENT_MASK ? ECHO_CONTENT : 0u) | (mask & FAN_CLOSE_WRITE ? ECHO_UNKNOWN : 0u) |
           (mask & FAN_ATTRIB ? ECHO_ATTRIBUTES : 0u);
}

/* Reports one event. `name` is "." for an event of the folder itself. */
static void tell(struct watch *watch, int root, uint64_t mask, struct file_handle *handle, const char *name,
                 const struct watch_ears *ears, void *context) {
    bool is_self = strcmp(name, ".") == 0;
    ssize_t len = find_folder(watch, root, handle);
    size_t whole = (size_t)len;

    if (len < 0)
        ears->below(context, text_of(watch->path));
    if (len <= 0)
        return;
    if (!is_self)
        whole += (size_t)snprintf(watch->folder + len, sizeof watch->folder - (size_t)len, "%s%s",
                                  watch->folder[len - 1] == '/' ? "" : "/", name);
    ears->edit(context, (struct text){watch->folder, whole}, causes_of(mask), mask & FAN_ONDIR);
}

/* Reports the records of one event, which follow its head and are aligned to four bytes. An event without a name comes
 * from a file that an NFS server opened by its handle: the guest has made the edit itself. */
static void take(struct watch *watch, int root, uint64_t mask, const char *at, const char *end,
                 const struct watch_ears *ears, void *context) {
    if (mask & FAN_Q_OVERFLOW)
        ears->below(context, text_of(watch->path));
    while ((size_t)(end - at) >= sizeof(struct fanotify_event_info_fid)) {
        struct fanotify_event_info_fid *info = (struct fanotify_event_info_fid *)(uintptr_t)at;
        struct file_handle *handle = (struct file_handle *)info->handle;

        if (info->hdr.len < sizeof *info || info->hdr.len > end - at)
            return;
        if (info->hdr.info_type == FAN_EVENT_INFO_TYPE_DFID_NAME)
            tell(watch, root, mask, handle, (const char *)handle->f_handle + handle->handle_bytes, ears, context);
        at += info->hdr.len;
    }
}

/* Reports the events of one read(2). Heads are copied, because they may not be aligned. */
static int take_all(struct watch *watch, int root, size_t size, const struct watch_ears *ears, void *context) {
    struct fanotify_event_metadata event;

    for (size_t at = 0; size - at >= sizeof event; at += event.event_len) {
        memcpy(&event, watch->events + at, sizeof event);
        if (event.vers != FANOTIFY_METADATA_VERSION || event.event_len < sizeof event || event.event_len > size - at)
            return -EPROTO;
        if (root >= 0)
            take(watch, root, event.mask, watch->events + at + event.metadata_len, watch->events + at + event.event_len,
                 ears, context);
    }
    return 0;
}

int watch_read(struct watch *watch, const struct watch_ears *ears, void *context) {
    int root = open(watch->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;

    for (int i = 0; rc == 0 && i < READS; i++) {
        ssize_t size = read(watch->fd, watch->events, sizeof watch->events);

        if (size <= 0) {
            rc = size == 0 || errno == EAGAIN || errno == EINTR ? 0 : -errno;
            break;
        }
        if (root < 0)
            ears->root(context);
        rc = take_all(watch, root, (size_t)size, ears, context);
    }
    if (root >= 0)
        close(root);
    return rc;
}

const char *watch_hint(int error) {
    if (error == EPERM)
        return "run it as root";
    if (error == EINVAL || error == ENOSYS)
        return "Linux 5.9 or later is required";
    return NULL;
}
#else
/* ISO C allows no empty translation unit. */
typedef int watch_fanotify_is_empty;
#endif
