/* SPDX-License-Identifier: MIT */
/*
 * A Mac's FSEvents for packer/events/watch_fsevents.c on Linux. What it was asked for goes to $FSEVENTS_WORLD/N.asked;
 * what is written to the FIFO $FSEVENTS_WORLD/N comes to the callback, on a thread of its own: lines of flags in hex, a
 * blank and a path; an empty line ends a call's events. "spam FLAGS PATH" is told again and again until the stream
 * stops, and a call of it begins while it stops. N counts the streams from 0.
 *
 * As on a Mac, callbacks of a queue come one at a time, and none waits for FSEventStreamStop() or Invalidate().
 */
#define _GNU_SOURCE
#include <CoreServices/CoreServices.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EVENTS = 1000 };

struct dispatch_queue {
    pthread_mutex_t turn;
};

struct __FSEventStream {
    FSEventStreamCallback callback;
    void *info;
    dispatch_queue_t queue;
    FILE *orders;
    atomic_bool stopped, spams;
    atomic_uint calls;
    char *paths[EVENTS];
    FSEventStreamEventFlags flags[EVENTS];
    FSEventStreamEventId ids[EVENTS];
    size_t count;
};

/* The watcher's own name for a folder: F_GETPATH. */
int world_fcntl(int fd, int command, ...);
int world_fcntl(int fd, int command, ...) {
    va_list arguments;
    char link[64];
    ssize_t len;
    int rc;

    va_start(arguments, command);
    if (command == F_GETPATH) {
        char *name = va_arg(arguments, char *);
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        len = readlink(link, name, 4095);
        if (len >= 0)
            name[len] = '\0';
        rc = len < 0 ? -1 : 0;
    } else {
        rc = fcntl(fd, command, va_arg(arguments, int));
    }
    va_end(arguments);
    return rc;
}

/* ------------------------------------------------------------------------- Core Foundation: strings and one array */

const CFArrayCallBacks kCFTypeArrayCallBacks;

void CFRelease(CFTypeRef object) {
    free((void *)(uintptr_t)object);
}

CFStringRef CFStringCreateWithFileSystemRepresentation(CFAllocatorRef allocator, const char *name) {
    (void)allocator;
    return (CFStringRef)strdup(name);
}

/* An array of one is its string, copied. */
CFArrayRef CFArrayCreate(CFAllocatorRef allocator, const void **values, CFIndex count, const CFArrayCallBacks *calls) {
    (void)allocator;
    return count == 1 && calls == &kCFTypeArrayCallBacks ? (CFArrayRef)strdup(values[0]) : NULL;
}

/* --------------------------------------------------------------------------------------------------- dispatch */

dispatch_queue_t dispatch_queue_create(const char *label, const void *attributes) {
    dispatch_queue_t queue = calloc(1, sizeof *queue);

    if (queue && label && !attributes)
        pthread_mutex_init(&queue->turn, NULL);
    return queue;
}

void dispatch_sync_f(dispatch_queue_t queue, void *context, void (*work)(void *context)) {
    pthread_mutex_lock(&queue->turn);
    work(context);
    pthread_mutex_unlock(&queue->turn);
}

/* The thread may still look at it; a test's life is short. */
void dispatch_release(dispatch_queue_t queue) {
    (void)queue;
}

/* --------------------------------------------------------------------------------------------------- FSEvents */

static const char *in_world(char *path, size_t size, unsigned number, const char *ending) {
    snprintf(path, size, "%s/%u%s", getenv("FSEVENTS_WORLD"), number, ending);
    return path;
}

FSEventStreamRef FSEventStreamCreate(CFAllocatorRef allocator, FSEventStreamCallback callback,
                                     FSEventStreamContext *context, CFArrayRef paths, FSEventStreamEventId since,
                                     CFTimeInterval latency, FSEventStreamCreateFlags flags) {
    static unsigned streams;
    FSEventStreamRef stream = calloc(1, sizeof *stream);
    char fifo[4096], asked[4096];
    FILE *file = fopen(in_world(asked, sizeof asked, streams, ".part"), "w");

    (void)allocator;
    mkfifo(in_world(fifo, sizeof fifo, streams, ""), 0600);
    if (!stream || !file)
        abort();
    stream->callback = callback;
    stream->info = context->info;
    stream->orders = fopen(fifo, "r+"); /* both ways: a writer that leaves does not end it */
    fprintf(file, "path=%s since=%llx latency=%g flags=%x\n", (const char *)paths, (unsigned long long)since, latency,
            flags);
    fclose(file);
    rename(asked, in_world(fifo, sizeof fifo, streams++, ".asked"));
    return stream;
}

void FSEventStreamSetDispatchQueue(FSEventStreamRef stream, dispatch_queue_t queue) {
    stream->queue = queue;
}

static void call(FSEventStreamRef stream) {
    pthread_mutex_lock(&stream->queue->turn);
    if (!stream->stopped && stream->count) {
        stream->calls++;
        stream->callback(stream, stream->info, stream->count, stream->paths, stream->flags, stream->ids);
    }
    pthread_mutex_unlock(&stream->queue->turn);
}

static void clear(FSEventStreamRef stream) {
    while (stream->count)
        free(stream->paths[--stream->count]);
}

static void add(FSEventStreamRef stream, const char *order) {
    char *path;

    stream->flags[stream->count] = (FSEventStreamEventFlags)strtoul(order, &path, 16);
    stream->paths[stream->count++] = strdup(path + 1);
}

static void *follow_orders(void *context) {
    FSEventStreamRef stream = context;
    char *line = NULL;
    size_t size = 0;
    ssize_t len;

    while (!stream->stopped && (len = getline(&line, &size, stream->orders)) > 0) {
        line[len - 1] = '\0';
        if (strncmp(line, "spam ", 5) == 0) {
            while (stream->count < EVENTS)
                add(stream, line + 5);
            stream->spams = true;
            while (!stream->stopped)
                call(stream);
        } else if (len > 1) {
            add(stream, line);
        }
        if (len == 1 || stream->count == EVENTS) {
            call(stream);
            clear(stream);
        }
    }
    free(line);
    return NULL;
}

Boolean FSEventStreamStart(FSEventStreamRef stream) {
    pthread_t thread;

    return pthread_create(&thread, NULL, follow_orders, stream) == 0 && pthread_detach(thread) == 0;
}

/* The one thread that reads what a callback writes is here, so a callback that still needs it stays away. */
void FSEventStreamStop(FSEventStreamRef stream) {
    unsigned before = stream->calls;

    for (int ms = 0; stream->spams && stream->calls == before && ms < 500; ms++)
        usleep(1000);
    stream->stopped = true;
}

void FSEventStreamInvalidate(FSEventStreamRef stream) {
    stream->stopped = true;
}

void FSEventStreamRelease(FSEventStreamRef stream) {
    stream->stopped = true;
}
