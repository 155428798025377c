/* SPDX-License-Identifier: MIT */
/* What the watcher uses of libdispatch, for tests/events/fsevents/world.c. */
#ifndef TESTS_EVENTS_DISPATCH_H
#define TESTS_EVENTS_DISPATCH_H

typedef struct dispatch_queue *dispatch_queue_t;

dispatch_queue_t dispatch_queue_create(const char *label, const void *attributes);
void dispatch_sync_f(dispatch_queue_t queue, void *context, void (*work)(void *context));
void dispatch_release(dispatch_queue_t queue);

#endif
