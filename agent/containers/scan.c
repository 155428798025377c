/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "scan.h"

#include "path.h"
#include "../common/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

uint64_t containers_scan_namespace(int base, const char *link) {
    char buffer[64];
    ssize_t n = readlinkat(base, link, buffer, sizeof buffer);
    struct text rest = {buffer, n > 0 ? (size_t)n : 0};
    uint64_t number = 0;

    text_cut(&rest, '[');
    text_u64(text_cut(&rest, ']'), UINT64_MAX, &number);
    return number;
}

static int compare(const void *a, const void *b) {
    const struct containers_process *one = a, *other = b;

    if (one->mounts != other->mounts)
        return one->mounts < other->mounts ? -1 : 1;
    return (one->pid > other->pid) - (one->pid < other->pid);
}

static int add(struct containers_process one, struct containers_process **processes, size_t *count) {
    if ((*count & (*count + 1)) == 0) { /* full at 0, 1, 3, 7, …: double it */
        struct containers_process *more = realloc(*processes, 2 * (*count + 1) * sizeof **processes);
        if (!more)
            return -ENOMEM;
        *processes = more;
    }
    (*processes)[(*count)++] = one;
    return 0;
}

/* Reads the state and the parent of a visiting child: "7 (usermount-heal) D 1 ...". False: it is none. */
static bool read_child(int proc, pid_t pid, char *state, uint64_t *parent) {
    char path[32], buffer[128];

    snprintf(path, sizeof path, "%d/stat", (int)pid);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, buffer, sizeof buffer);
    if (fd >= 0)
        close(fd);
    struct text rest = {buffer, n > 0 ? (size_t)n : 0};
    text_cut(&rest, '(');
    if (!text_has_prefix(rest, CONTAINERS_COMM ") "))
        return false;
    text_cut(&rest, ' ');
    struct text word = text_cut(&rest, ' ');
    *state = word.len == 1 ? word.at[0] : '\0';
    return text_u64(text_cut(&rest, ' '), INT32_MAX, parent);
}

bool containers_scan_waits(int proc, pid_t pid) {
    uint64_t parent;
    char state;

    return read_child(proc, pid, &state, &parent) && state == 'D';
}

/* Whether it is a visiting child whose parent has ended. */
static bool is_left(int proc, pid_t pid) {
    uint64_t parent;
    char state;

    return read_child(proc, pid, &state, &parent) && state != 'Z' && parent == 1;
}

static int look(int proc, bool all, DIR *dir, struct containers_process **processes, size_t *count) {
    uint64_t own = containers_scan_namespace(proc, "self/ns/mnt"), pid;
    const struct dirent *entry;
    char link[64];
    int error = own ? 0 : -ENOENT;

    while (error == 0 && (entry = readdir(dir))) {
        if (!text_u64(text_of(entry->d_name), INT32_MAX, &pid))
            continue;
        snprintf(link, sizeof link, "%d/ns/mnt", (int)pid);
        struct containers_process one = {.mounts = containers_scan_namespace(proc, link), .pid = (pid_t)pid};
        if (!one.mounts || (one.mounts == own && !all))
            continue;
        one.hangs = is_left(proc, one.pid);
        error = add(one, processes, count);
    }
    return error;
}

int containers_scan(int proc, bool all, struct containers_process **processes, size_t *count) {
    int fd = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    *processes = NULL;
    *count = 0;
    if (!dir)
        return -errno;
    int error = look(proc, all, dir, processes, count);
    closedir(dir);
    if (error)
        free(*processes);
    else if (*count > 0)
        qsort(*processes, *count, sizeof **processes, compare);
    return error;
}

size_t containers_scan_group(const struct containers_process *processes, size_t count) {
    size_t n = 0;

    while (n < count && processes[n].mounts == processes[0].mounts)
        n++;
    return n;
}

bool containers_scan_sees_all(int base, const char *link) {
    char root[8];

    return readlinkat(base, link, root, sizeof root) == 1 && root[0] == '/';
}

bool containers_scan_table(int proc, const struct containers_process *processes, size_t count, char **table,
                           size_t *len) {
    char name[48];

    for (int round = 0; round < 2; round++) { /* the second one takes a part */
        for (size_t i = 0; i < count; i++) {
            snprintf(name, sizeof name, "%d/root", (int)processes[i].pid);
            if (processes[i].hangs || containers_scan_sees_all(proc, name) == (round > 0))
                continue;
            snprintf(name, sizeof name, "%d/mountinfo", (int)processes[i].pid);
            int error = containers_path_read(proc, name, table, len);
            if (error == 0 || error == -ENOMEM) /* too long for one is too long for all */
                return error == 0;
        }
    }
    return false;
}
