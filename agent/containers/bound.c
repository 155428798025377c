/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "bound.h"

#include "find.h"
#include "folders.h"
#include "path.h"
#include "scan.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct bound {
    int proc;
    struct containers_origin origin;
    struct containers_folders folders;
};

static void add_table(struct bound *bound, struct text table) {
    static struct containers_bind bind;

    while (containers_match(&table, &bound->origin, &bind))
        if (!bind.cut && bind.subpath[0] == '/' && bind.subpath[1])
            containers_folders_add(&bound->folders, text_of(bind.subpath + 1));
}

static bool add_all(struct bound *bound, const struct mounter_job *mount) {
    struct containers_process *processes;
    size_t count, group, len;
    char *table;

    if (containers_path_read(bound->proc, "self/mountinfo", &table, &len) != 0)
        return false;
    bool mounted = containers_origin((struct text){table, len}, mount->target, mount->source, &bound->origin);
    if (mounted)
        add_table(bound, (struct text){table, len});
    free(table);
    if (!mounted || containers_scan(bound->proc, false, &processes, &count) != 0)
        return false;
    for (size_t i = 0; i < count; i += group) {
        group = containers_scan_group(processes + i, count - i);
        if (!containers_scan_table(bound->proc, processes + i, group, &table, &len))
            continue;
        add_table(bound, (struct text){table, len});
        free(table);
    }
    free(processes);
    return true;
}

enum work_end containers_bound(const void *argument, struct recorder *recorder) {
    static struct bound bound;
    const struct containers_bound_job *job = argument;

    (void)recorder;
    bound.proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (bound.proc < 0 || !add_all(&bound, &job->mount))
        return WORK_FAILED;
    if (bound.folders.used == 0) /* the reader would take an empty packet for the end */
        containers_folders_add(&bound.folders, text_of(""));
    ssize_t sent = send(job->folders, bound.folders.bytes, bound.folders.used, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? WORK_FAILED : WORK_DONE;
}
