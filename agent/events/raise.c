/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* AT_EMPTY_PATH */
#include "raise.h"

#include "../mount/refresh.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXECUTABLE (S_IXUSR | S_IXGRP | S_IXOTH)
#define SET_ID (S_ISUID | S_ISGID)

struct raise raise_choose(mode_t mode, uint32_t mask) {
    bool file = S_ISREG(mode), plain = file && !(mode & (EXECUTABLE | SET_ID));

    if (!file && !S_ISDIR(mode))
        return (struct raise){.reads = false};
    bool writes = plain && (mask & IN_CLOSE_WRITE);
    return (struct raise){
        .writes = writes,
        .reads = !writes && (mask & (IN_OPEN | IN_CLOSE_NOWRITE)),
        .chowns = !(mode & SET_ID) && (mask & IN_ATTRIB),
    };
}

static bool open_and_close(const struct walk_mount *mount, int object, int flags) {
    int fd = refresh_reopen(mount, object, flags);

    if (fd < 0)
        return false;
    close(fd);
    return true;
}

bool raise_events(const struct walk_mount *mount, int object, const struct stat *status, struct raise raise) {
    bool raised = false;

    if (raise.writes)
        raised = open_and_close(mount, object, O_WRONLY);
    if (raise.reads || (raise.writes && !raised))
        raised = open_and_close(mount, object, O_RDONLY);
    /* This comes last: most watchers react to it, and they read the new content by then. */
    if (raise.chowns && syscall(SYS_fchownat, object, "", status->st_uid, -1, AT_EMPTY_PATH) == 0)
        raised = true;
    return raised;
}
