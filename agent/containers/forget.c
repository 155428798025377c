/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "forget.h"

#include "find.h"
#include "folders.h"
#include "path.h"
#include "scan.h"
#include "../mount/refresh.h"
#include "../system/clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ALL_S = 2,
    NAMESPACE_US = 1000000,
    SEEN_MAX = 4096, /* a power of two */
    SEEN_TRIES = 16,
};

struct look {
    int proc;
    int64_t end_us; /* of the namespace's time */
    struct walk_mount share;
    struct containers_origin origin;
    struct text table;                /* of the namespace */
    struct containers_folders points; /* where it shows the share */
    uint64_t seen[SEEN_MAX];          /* the inodes that are refreshed; what finds no room is refreshed again */
};

static bool is_new(struct look *look, uint64_t inode) {
    for (uint64_t i = inode; i < inode + SEEN_TRIES; i++) {
        uint64_t *seen = &look->seen[i & (SEEN_MAX - 1)];
        if (*seen == inode)
            return false;
        if (*seen != 0)
            continue;
        *seen = inode;
        return true;
    }
    return true;
}

static bool is_same(const struct stat *a, const struct stat *b) {
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Refreshes a file or folder (O_PATH). An open descriptor compares the times at its next read(2), but a mapping does
 * not. */
static void refresh(void *ctx, int object) {
    struct look *look = ctx;
    struct stat before, after;

    if (fstat(object, &before) != 0 || before.st_dev != look->share.device || !is_new(look, before.st_ino) ||
        (!S_ISREG(before.st_mode) && !S_ISDIR(before.st_mode)) || refresh_object(&look->share, object) != 0 ||
        fstat(object, &after) != 0)
        return;
    if (S_ISREG(after.st_mode) && !is_same(&before, &after))
        refresh_content(&look->share, object, false);
}

/* `subpath` of the share: "" or "/me/project". Held names cost no lookup. */
static void refresh_path(struct look *look, const char *subpath) {
    const char *name;
    int folder = walk_folder(&look->share, subpath + (subpath[0] == '/'), refresh, look, &name);

    if (folder < 0)
        return;
    refresh(look, folder);
    int object = name ? openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (object >= 0) {
        refresh(look, object);
        close(object);
    }
    close(folder);
}

/* A link in /proc shows the path from the root of the process's namespace, even if the process has another root, and
 * leads to the object whatever its name is now. The path of a removed mount may look like the share's: only the mount's
 * id tells, before any call into it. The object comes before its folders, whose lookups would bring its new time.
 */
static void follow(struct look *look, int base, const char *link) {
    static char path[PATH_MAX], subpath[PATH_MAX];
    ssize_t len = readlinkat(base, link, path, sizeof path - 1);
    uint32_t mount;

    path[len > 0 ? len : 0] = '\0';
    if (path[0] != '/' || !containers_folders_hold(&look->points, text_of(path)))
        return;
    int object = openat(base, link, O_PATH | O_CLOEXEC);
    if (object < 0)
        return;
    if (containers_path_mount(look->proc, object, &mount) == 0 &&
        containers_inside(look->table, &look->origin, mount, path, text_out(subpath, sizeof subpath))) {
        refresh(look, object);
        refresh_path(look, subpath);
    }
    close(object);
}

static void look_at_process(struct look *look, pid_t pid) {
    static const char *const links[] = {"cwd", "root", "exe"};
    const struct dirent *entry;
    char name[32];

    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        snprintf(name, sizeof name, "%d/%s", (int)pid, links[i]);
        follow(look, look->proc, name);
    }
    snprintf(name, sizeof name, "%d/fd", (int)pid);
    int fd = openat(look->proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    while (dir && clock_us() < look->end_us && (entry = readdir(dir)))
        follow(look, fd, entry->d_name);
    if (dir)
        closedir(dir);
}

/* Lists the namespace's mounts of the share. With `fresh`, it refreshes what they show. */
static void look_at_table(struct look *look, bool fresh) {
    static struct containers_bind bind;
    struct text table = look->table;

    while (clock_us() < look->end_us && containers_match(&table, &look->origin, &bind)) {
        if (bind.kind != CONTAINERS_MOUNTED || bind.cut)
            continue;
        if (fresh)
            refresh_path(look, bind.subpath);
        else
            containers_folders_add(&look->points, text_of(bind.point));
    }
}

static void look_at_namespace(struct look *look, const struct containers_process *processes, size_t count) {
    char *table;
    size_t len;

    if (!containers_scan_table(look->proc, processes, count, &table, &len))
        return;
    look->table = (struct text){table, len};
    look->points.used = 0;
    look_at_table(look, false);
    for (size_t i = 0; i < count && look->points.used > 0 && clock_us() < look->end_us; i++)
        look_at_process(look, processes[i].pid);
    look_at_table(look, true);
    free(table);
}

static void look_at_all(struct look *look) {
    struct containers_process *processes;
    size_t count, group;

    if (containers_scan(look->proc, true, &processes, &count) != 0)
        return;
    for (size_t i = 0; i < count; i += group) {
        group = containers_scan_group(processes + i, count - i);
        look->end_us = clock_us() + NAMESPACE_US;
        look_at_namespace(look, processes + i, group);
    }
    free(processes);
}

/* The look has a process and a deadline of its own: a call for one file may hang while the server answers all others,
 * and the remount counts even then. */
static void look_in_child(struct look *look, const char *target) {
    pid_t child = fork();

    if (child > 0)
        waitpid(child, NULL, 0);
    if (child != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGALRM, SIG_DFL); /* NFS waits for a signal that kills alone */
    alarm(ALL_S);
    if (walk_open(&look->share, target) == 0)
        look_at_all(look);
    _exit(0);
}

enum work_end containers_forget(const void *argument, struct recorder *recorder) {
    static struct look look;
    const struct mounter_job *job = argument;
    enum work_end end = mounter_forget(job, recorder);
    size_t len;
    char *own;

    if (end != WORK_DONE)
        return end;
    look.proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (containers_path_read(look.proc, "self/mountinfo", &own, &len) != 0)
        return end;
    bool mounted = containers_origin((struct text){own, len}, job->target, job->source, &look.origin);
    free(own);
    if (mounted)
        look_in_child(&look, job->target);
    return end;
}
