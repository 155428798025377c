/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "scanner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define INOTIFY "anon_inode:inotify"
#define LINE_MAX_BYTES 256 /* a line of fdinfo with a file handle is shorter */

/* Adds the lines of an fdinfo file to the table. The file of a descriptor with many watches is long. */
static void read_fdinfo(int fd, uint32_t device, struct watches *watches) {
    static char buffer[16384];
    size_t kept = 0;
    ssize_t n;

    while (!watches->overflowed && (n = read(fd, buffer + kept, sizeof buffer - kept)) > 0) {
        size_t have = kept + (size_t)n, whole = have;
        while (whole > 0 && buffer[whole - 1] != '\n')
            whole--;
        watches_add(watches, (struct text){buffer, whole}, device);
        kept = have - whole;
        if (kept > LINE_MAX_BYTES)
            kept = 0; /* the kernel prints no such line */
        memmove(buffer, buffer + whole, kept);
    }
}

static void scan_process(int proc, const char *pid, uint32_t device, struct watches *watches) {
    char name[300], target[sizeof INOTIFY + 1];
    const struct dirent *entry;

    snprintf(name, sizeof name, "%s/fd", pid);
    int fd = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir)
        return;
    while ((entry = readdir(dir))) {
        ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof target);
        if (n != sizeof INOTIFY - 1 || memcmp(target, INOTIFY, sizeof INOTIFY - 1) != 0)
            continue;
        snprintf(name, sizeof name, "%s/fdinfo/%s", pid, entry->d_name);
        int info = openat(proc, name, O_RDONLY | O_CLOEXEC);
        if (info < 0)
            continue;
        read_fdinfo(info, device, watches);
        close(info);
    }
    closedir(dir);
}

int scanner_scan(int proc, uint32_t device, pid_t but, struct watches *watches) {
    const struct dirent *entry;
    uint64_t pid;
    int fd = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (!dir)
        return -errno;
    watches_clear(watches);
    while ((entry = readdir(dir)))
        if (text_u64(text_of(entry->d_name), INT32_MAX, &pid) && pid != (uint64_t)but)
            scan_process(proc, entry->d_name, device, watches);
    closedir(dir);
    watches_sort(watches);
    return 0;
}
