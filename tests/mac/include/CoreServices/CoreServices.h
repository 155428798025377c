/* SPDX-License-Identifier: MIT */
/*
 * The little of CoreServices and CoreFoundation that the watcher uses, where Apple's own headers are missing: written
 * from the documentation of FSEvents and Core Foundation. On a Mac the real header is found, and this one is not.
 */
#ifndef TESTS_MAC_CORESERVICES_H
#define TESTS_MAC_CORESERVICES_H

#include <dispatch/dispatch.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned char Boolean;
typedef long CFIndex;
typedef double CFTimeInterval;
typedef const void *CFTypeRef;
typedef const struct __CFAllocator *CFAllocatorRef;
typedef const struct __CFString *CFStringRef;
typedef const struct __CFArray *CFArrayRef;
typedef struct {
    CFIndex version;
    const void *retain, *release, *copyDescription, *equal;
} CFArrayCallBacks;

extern const CFArrayCallBacks kCFTypeArrayCallBacks;
void CFRelease(CFTypeRef object);
CFStringRef CFStringCreateWithFileSystemRepresentation(CFAllocatorRef allocator, const char *name);
CFArrayRef CFArrayCreate(CFAllocatorRef allocator, const void **values, CFIndex count, const CFArrayCallBacks *calls);

typedef uint32_t FSEventStreamCreateFlags;
typedef uint32_t FSEventStreamEventFlags;
typedef uint64_t FSEventStreamEventId;
typedef struct __FSEventStream *FSEventStreamRef;
typedef const struct __FSEventStream *ConstFSEventStreamRef;
typedef void (*FSEventStreamCallback)(ConstFSEventStreamRef stream, void *info, size_t count, void *paths,
                                      const FSEventStreamEventFlags *flags, const FSEventStreamEventId *ids);
struct FSEventStreamContext {
    CFIndex version;
    void *info;
    const void *retain, *release, *copyDescription;
};
typedef struct FSEventStreamContext FSEventStreamContext;

enum {
    kFSEventStreamCreateFlagNoDefer = 0x2,
    kFSEventStreamCreateFlagWatchRoot = 0x4,
    kFSEventStreamCreateFlagFileEvents = 0x10,
};
enum {
    kFSEventStreamEventFlagMustScanSubDirs = 0x1,
    kFSEventStreamEventFlagUserDropped = 0x2,
    kFSEventStreamEventFlagKernelDropped = 0x4,
    kFSEventStreamEventFlagEventIdsWrapped = 0x8,
    kFSEventStreamEventFlagHistoryDone = 0x10,
    kFSEventStreamEventFlagRootChanged = 0x20,
    kFSEventStreamEventFlagItemIsDir = 0x20000,
};
enum { kFSEventStreamEventIdSinceNow = 0xFFFFFFFFFFFFFFFFULL };

FSEventStreamRef FSEventStreamCreate(CFAllocatorRef allocator, FSEventStreamCallback callback,
                                     FSEventStreamContext *context, CFArrayRef paths, FSEventStreamEventId since,
                                     CFTimeInterval latency, FSEventStreamCreateFlags flags);
void FSEventStreamSetDispatchQueue(FSEventStreamRef stream, dispatch_queue_t queue);
Boolean FSEventStreamStart(FSEventStreamRef stream);
void FSEventStreamStop(FSEventStreamRef stream);
void FSEventStreamInvalidate(FSEventStreamRef stream);
void FSEventStreamRelease(FSEventStreamRef stream);

#endif
