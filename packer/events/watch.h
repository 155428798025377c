/* SPDX-License-Identifier: MIT */
/*
 * watch: the system's reports of edits in a folder and everything below it. Edge: fanotify(7) on Linux
 * (watch_fanotify.c), FSEvents on macOS (watch_fsevents.c). Each file is empty on the other system.
 */
#ifndef PACKER_EVENTS_WATCH_H
#define PACKER_EVENTS_WATCH_H

#include "../../agent/stream/stream.h"

struct watch;

/* The reports, as calls with watch_read()'s context. Paths are absolute, in the system's own spelling. */
struct watch_ears {
    /* `path` has changed. `causes` are of enum echo_cause. */
    void (*edit)(void *context, struct text path, unsigned causes, bool is_folder);
    /* Anything at or below `path` may have changed: the system lost events. */
    void (*below)(void *context, struct text path);
    /* The folder itself may have been replaced. */
    void (*root)(void *context);
};

/* Stores a new string with the system's name of `folder`: without links, letters in their true case. 0 or -errno. */
int watch_path(const char *folder, char **path);

/*
 * Watches the folder `path`, as watch_path() names it. Every edit after the return is reported. 0 or -errno: -EPERM
 * when rights are missing, -ENOSYS and -EINVAL when the system is too old.
 */
int watch_open(const char *path, struct watch **watch);

/* Readable when reports wait. */
int watch_fd(const struct watch *watch);

/* Delivers waiting reports for a bounded time; the rest keeps the descriptor readable. 0, or -errno: the watch is
 * broken and must be closed. */
int watch_read(struct watch *watch, const struct watch_ears *ears, void *context);

/* NULL is allowed. */
void watch_close(struct watch *watch);

/* The cure for an error of watch_open() on this system, as a clause, or NULL. */
const char *watch_hint(int error);

#endif
