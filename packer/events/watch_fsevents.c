/* SPDX-License-Identifier: MIT */
#ifdef __APPLE__
#ifndef _DARWIN_C_SOURCE
#define _DARWIN_C_SOURCE /* F_GETPATH, O_EVTONLY */
#endif
#include "echo.h"
#include "fsevent.h"
#include "watch.h"

#include <CoreServices/CoreServices.h>
#include <dispatch/dispatch.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * FSEvents calls back on its own dispatch queue. The callback writes each event as a note to a pipe, and the watcher's
 * loop reads it. The two share nothing else. If the loop is late, the pipe is full and the queue waits. The system then
 * merges events and sets MustScanSubDirs. Source: "File System Events Programming Guide" of Apple.
 */

_Static_assert((int)kFSEventStreamEventFlagMustScanSubDirs == (int)FSEVENT_MUST_SCAN_SUB_DIRS &&
                   (int)kFSEventStreamEventFlagUserDropped == (int)FSEVENT_USER_DROPPED &&
                   (int)kFSEventStreamEventFlagKernelDropped == (int)FSEVENT_KERNEL_DROPPED &&
                   (int)kFSEventStreamEventFlagEventIdsWrapped == (int)FSEVENT_IDS_WRAPPED &&
                   (int)kFSEventStreamEventFlagHistoryDone == (int)FSEVENT_HISTORY_DONE &&
                   (int)kFSEventStreamEventFlagRootChanged == (int)FSEVENT_ROOT_CHANGED &&
                   (int)kFSEventStreamEventFlagItemIsDir == (int)FSEVENT_ITEM_IS_DIR,
               "fsevent.h has Apple's numbers");

#define LATENCY_S 0.03
#define FLAGS (kFSEventStreamCreateFlagFileEvents | kFSEventStreamCreateFlagNoDefer | kFSEventStreamCreateFlagWatchRoot)
#define READS 4 /* at most, for one call of watch_read() */

/* The head of each path in the pipe. */
struct note {
    uint32_t flags;
    uint32_t len;
};

struct watch {
    FSEventStreamRef stream;
    dispatch_queue_t queue;
    int reads;
    int writes;
    char path[PATH_MAX];
    size_t have;
    char notes[64 * 1024]; /* the last one may be incomplete */
};

/* -------------------------------------------------------------------------------------- on FSEvents' own queue */

/* Writes the whole note, and waits while the pipe is full. Returns false if the reading end is closed. */
static bool put(int fd, const struct note *note, const char *path) {
    char bytes[sizeof *note + PATH_MAX];
    size_t size = sizeof *note + note->len, done = 0;

    memcpy(bytes, note, sizeof *note);
    memcpy(bytes + sizeof *note, path, note->len);
    while (done < size) {
        ssize_t part = write(fd, bytes + done, size - done);

        if (part < 0 && errno != EINTR)
            return false;
        done += part > 0 ? (size_t)part : 0;
    }
    return true;
}

static void hear(ConstFSEventStreamRef stream, void *context, size_t count, void *paths,
                 const FSEventStreamEventFlags flags[], const FSEventStreamEventId ids[]) {
    const struct watch *watch = context;
    char *const *names = paths;

    (void)stream;
    (void)ids;
    for (size_t i = 0; i < count; i++) {
        struct note note = {.flags = flags[i], .len = (uint32_t)strlen(names[i])};

        if (note.len >= PATH_MAX) { /* too long for a record: report the whole folder */
            note.flags = FSEVENT_MUST_SCAN_SUB_DIRS | FSEVENT_USER_DROPPED;
            note.len = 0;
        }
        if (!put(watch->writes, &note, names[i]))
            return;
    }
}

/* ------------------------------------------------------------------------------------------------ opening */

int watch_path(const char *folder, char **path) {
    char name[PATH_MAX];
    int fd = open(folder, O_EVTONLY | O_DIRECTORY | O_CLOEXEC), rc = fd < 0 ? -errno : 0;

    /* FSEvents reports names in their true case. realpath(3) would keep that of its argument. */
    if (rc == 0 && fcntl(fd, F_GETPATH, name) < 0)
        rc = -errno;
    if (fd >= 0)
        close(fd);
    if (rc == 0)
        *path = strdup(name);
    return rc == 0 && !*path ? -ENOMEM : rc;
}

static FSEventStreamRef create_stream(struct watch *watch) {
    FSEventStreamContext context = {.info = watch};
    CFStringRef name = CFStringCreateWithFileSystemRepresentation(NULL, watch->path);
    CFArrayRef names = name ? CFArrayCreate(NULL, (const void **)&name, 1, &kCFTypeArrayCallBacks) : NULL;
    FSEventStreamRef stream = NULL;

    if (names)
        stream = FSEventStreamCreate(NULL, hear, &context, names, kFSEventStreamEventIdSinceNow, LATENCY_S, FLAGS);
    if (names)
        CFRelease(names);
    if (name)
        CFRelease(name);
    return stream;
}

static int open_pipe(struct watch *watch) {
    int ends[2];

    if (pipe(ends) < 0)
        return -errno;
    watch->reads = ends[0];
    watch->writes = ends[1];
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0 || fcntl(ends[0], F_SETFD, FD_CLOEXEC) < 0 ||
        fcntl(ends[1], F_SETFD, FD_CLOEXEC) < 0)
        return -errno;
    return 0;
}

static int start(struct watch *watch) {
    int rc = open_pipe(watch);

    if (rc < 0)
        return rc;
    watch->queue = dispatch_queue_create("usermount-pack.events", NULL);
    watch->stream = watch->queue ? create_stream(watch) : NULL;
    if (!watch->stream)
        return -ENOMEM;
    FSEventStreamSetDispatchQueue(watch->stream, watch->queue);
    return FSEventStreamStart(watch->stream) ? 0 : -EIO;
}

int watch_open(const char *path, struct watch **made) {
    struct watch *watch = strlen(path) < PATH_MAX ? calloc(1, sizeof *watch) : NULL;
    int rc;

    if (!watch)
        return -ENOMEM;
    watch->reads = watch->writes = -1;
    memcpy(watch->path, path, strlen(path) + 1);
    rc = start(watch);
    if (rc == 0)
        *made = watch;
    else
        watch_close(watch);
    return rc;
}

int watch_fd(const struct watch *watch) {
    return watch->reads;
}

static void nothing(void *context) {
    (void)context;
}

/* Closes the reading end first, so that a callback that waits for the pipe returns. After dispatch_sync_f() no callback
 * can run any more. */
void watch_close(struct watch *watch) {
    if (!watch)
        return;
    if (watch->reads >= 0)
        close(watch->reads);
    if (watch->stream) {
        FSEventStreamStop(watch->stream);
        FSEventStreamInvalidate(watch->stream);
        FSEventStreamRelease(watch->stream);
    }
    if (watch->queue) {
        dispatch_sync_f(watch->queue, NULL, nothing);
        dispatch_release(watch->queue);
    }
    if (watch->writes >= 0)
        close(watch->writes);
    free(watch);
}

/* ------------------------------------------------------------------------------------------------- reading */

static void tell(const struct watch *watch, uint32_t flags, struct text path, const struct watch_ears *ears,
                 void *context) {
    switch (fsevent_kind(flags)) {
    case FSEVENT_NOTHING:
        break;
    case FSEVENT_EDIT:
        ears->edit(context, path, ECHO_UNKNOWN, fsevent_is_folder(flags));
        break;
    case FSEVENT_BELOW:
        ears->below(context, path);
        break;
    case FSEVENT_ALL:
        ears->below(context, text_of(watch->path));
        break;
    case FSEVENT_NEW_ROOT:
        ears->root(context);
        break;
    }
}

/* Reports every complete note, and moves the rest to the front. */
static void tell_all(struct watch *watch, const struct watch_ears *ears, void *context) {
    size_t at = 0;
    struct note note;

    while (watch->have - at >= sizeof note) {
        memcpy(&note, watch->notes + at, sizeof note);
        if (watch->have - at - sizeof note < note.len)
            break;
        tell(watch, note.flags, (struct text){watch->notes + at + sizeof note, note.len}, ears, context);
        at += sizeof note + note.len;
    }
    memmove(watch->notes, watch->notes + at, watch->have - at);
    watch->have -= at;
}

int watch_read(struct watch *watch, const struct watch_ears *ears, void *context) {
    for (int i = 0; i < READS; i++) {
        ssize_t size = read(watch->reads, watch->notes + watch->have, sizeof watch->notes - watch->have);

        if (size <= 0)
            return size == 0 || errno == EAGAIN || errno == EINTR ? 0 : -errno;
        watch->have += (size_t)size;
        tell_all(watch, ears, context);
    }
    return 0;
}

const char *watch_hint(int error) {
    if (error == EPERM || error == EACCES)
        return "run it as the owner of the folder";
    return NULL;
}
#else
/* ISO C allows no empty translation unit. */
typedef int watch_fsevents_is_empty;
#endif
