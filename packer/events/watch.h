/* SPDX-License-Identifier: MIT */
/*
 * watch: what the system tells of edits in one folder and all below it. Edge: fanotify(7) on Linux (watch_fanotify.c),
 * FSEvents on macOS (watch_fsevents.c); each file is empty on the other system.
 */
#ifndef PACKER_EVENTS_WATCH_H
#define PACKER_EVENTS_WATCH_H

#include "../../agent/stream/stream.h"

struct watch;

/* What is told, as calls with the context of watch_read(). Paths are absolute and as the system names them. */
struct watch_ears {
    /* Something at `path` has changed. `causes` are of enum echo_cause. */
    void (*edit)(void *context, struct text path, unsigned causes, bool is_folder);
    /* Anything at or below `path` may have changed: the system has lost count. */
    void (*below)(void *context, struct text path);
    /* The folder itself may be another one now. */
    void (*root)(void *context);
};

/* The name by which the system tells of `folder`: no links in it, and letters in their true case. 0 and a new string,
 * or -errno. */
int watch_path(const char *folder, char **path);

/*
 * Watches the folder `path`, named by watch_path(); every edit that comes behind the return is told. 0 or -errno:
 * -EPERM where more rights are needed, -ENOSYS and -EINVAL where the system is too old.
 */
int watch_open(const char *path, struct watch **watch);

/* Readable when there is something to tell. */
int watch_fd(const struct watch *watch);

/* Tells what is there, and returns in bounded time; what is left keeps the descriptor readable. 0 or -errno: it is
 * broken and wants to be closed. */
int watch_read(struct watch *watch, const struct watch_ears *ears, void *context);

/* Also of NULL. */
void watch_close(struct watch *watch);

/* What to do about an error of watch_open() on this system, as one clause, or NULL. */
const char *watch_hint(int error);

#endif
