/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "holders.h"

#include "path.h"
#include "../common/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

enum { PROCESSES_MAX = 64, FILES_MAX = 256 };

/* Whether /proc/PID/`link`, cwd or root, leads into the mount. */
static bool is_at(int proc, pid_t pid, const char *link, uint32_t mount, int stale) {
    char path[64];
    uint32_t id;

    snprintf(path, sizeof path, "%d/%s", (int)pid, link);
    int fd = openat(proc, path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return stale && errno == ESTALE;
    bool at = containers_path_mount(proc, fd, &id) == 0 && id == mount;
    close(fd);
    return at;
}

static bool has_open(int proc, pid_t pid, uint32_t mount) {
    char path[64], file[96];
    const struct dirent *entry;
    bool found = false;
    uint64_t number;
    uint32_t id;

    snprintf(path, sizeof path, "%d/fdinfo", (int)pid);
    int fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir)
        return false;
    for (int n = 0; n < FILES_MAX && !found && (entry = readdir(dir)); n++) {
        if (!text_u64(text_of(entry->d_name), INT32_MAX, &number))
            continue;
        snprintf(file, sizeof file, "%s/%d", path, (int)number);
        found = containers_path_fdinfo(proc, file, &id) == 0 && id == mount;
    }
    closedir(dir);
    return found;
}

struct containers_holders containers_holders(int proc, const struct containers_process *processes, size_t count,
                                             uint32_t mount, int stale) {
    struct containers_holders holders = {0, 0};

    for (size_t i = 0; i < count && i < PROCESSES_MAX; i++) {
        pid_t pid = processes[i].pid;
        if (!is_at(proc, pid, "cwd", mount, stale) && !is_at(proc, pid, "root", mount, stale) &&
            !has_open(proc, pid, mount))
            continue;
        if (holders.count++ == 0)
            holders.first = pid;
    }
    return holders;
}
