/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "containers.h"

#include "clock.h"
#include "containers_crew.h"
#include "containers_path.h"
#include "containers_visit.h"
#include "log.h"
#include "logfmt.h"
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SETTLE_S 2

struct spread {
    struct containers_visit visit; /* what all have in common; the rest for one namespace at a time */
    const char *source;
    struct containers_origin origin;
    struct options options;
    struct containers_crew crew;
    uint64_t *seen; /* namespaces that had something to look at */
    size_t seen_count;
    uint64_t user; /* our own user namespace */
};

static bool was_seen(const struct spread *spread, uint64_t mounts) {
    for (size_t i = 0; i < spread->seen_count; i++)
        if (spread->seen[i] == mounts)
            return true;
    return false;
}

static void remember(struct spread *spread, uint64_t mounts) {
    uint64_t *more = realloc(spread->seen, (spread->seen_count + 1) * sizeof *more);

    if (!more) /* it is looked at once more, which changes nothing */
        return;
    spread->seen = more;
    spread->seen[spread->seen_count++] = mounts;
}

/* Whose namespace it is: a container's, or just a process's. */
static void name_it(struct containers_visit *visit) {
    char *cgroup;
    size_t len;

    visit->who_key = "container";
    bool known = containers_path_read(visit->process, "cgroup", &cgroup, &len) == 0 &&
                 containers_id((struct text){cgroup, len}, visit->who);
    free(cgroup);
    if (known)
        return;
    visit->who_key = "pid";
    snprintf(visit->who, sizeof visit->who, "%ld", (long)visit->processes[0].pid);
}

static bool has_work(const struct containers_visit *visit) {
    static struct containers_bind bind;
    struct text rest = visit->table;

    return containers_find(visit->table, &rest, visit->origin, &bind);
}

/* With visit->process open. */
static void look_at(struct spread *spread) {
    struct containers_visit *visit = &spread->visit;
    char *table;
    size_t len;

    if (containers_path_read(visit->process, "mountinfo", &table, &len) != 0)
        return; /* it has ended */
    visit->table = (struct text){table, len};
    if (has_work(visit)) {
        uint64_t user = containers_scan_namespace(visit->process, "ns/user");
        visit->foreign_user = user != 0 && user != spread->user;
        name_it(visit);
        remember(spread, visit->processes[0].mounts);
        containers_crew_send(&spread->crew, visit);
    }
    free(table);
}

/* One process that is still there stands for all in its namespace. */
static void look_at_group(struct spread *spread, const struct containers_process *processes, size_t count) {
    char pid[32];

    for (size_t i = 0; i < count; i++) {
        snprintf(pid, sizeof pid, "%d", (int)processes[i].pid);
        int fd = openat(spread->visit.proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            continue;
        if (containers_scan_namespace(fd, "ns/mnt") == processes[0].mounts) {
            spread->visit.process = fd;
            spread->visit.processes = processes + i;
            spread->visit.process_count = count - i;
            look_at(spread);
            close(fd);
            return;
        }
        close(fd);
    }
}

/* What the target is now. It is held only as long as it is needed: unmounting it would find it busy. */
static int open_target(struct spread *spread) {
    char *own;
    size_t len;
    int error = containers_path_read(spread->visit.proc, "self/mountinfo", &own, &len);

    if (error)
        return error;
    bool mounted = containers_origin((struct text){own, len}, spread->visit.target, spread->source, &spread->origin);
    free(own);
    if (!mounted)
        return -ENOENT;
    spread->visit.share = open(spread->visit.target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return spread->visit.share < 0 ? -errno : 0;
}

static int look_around(struct spread *spread) {
    struct containers_process *processes;
    size_t count, group;
    int error = open_target(spread);

    if (error)
        return error;
    error = containers_scan(spread->visit.proc, &processes, &count);
    for (size_t i = 0; error == 0 && i < count; i += group) {
        group = containers_scan_group(processes + i, count - i);
        if (!was_seen(spread, processes[i].mounts))
            look_at_group(spread, processes + i, group);
    }
    containers_crew_finish(&spread->crew);
    close(spread->visit.share);
    if (error == 0)
        free(processes);
    return error;
}

static int set_up(struct spread *spread, const struct containers_job *job) {
    const struct options_found found = {job->mount.address, job->mount.nfs_port, job->mount.mount_port};

    spread->source = job->mount.source;
    spread->visit = (struct containers_visit){
        .target = job->mount.target,
        .origin = &spread->origin,
        .options = &spread->options,
        .report = job->report,
        .proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
    };
    if (spread->visit.proc < 0)
        return -errno;
    if (options_build(job->mount.common, job->mount.own, &found, &spread->options) != OPTIONS_OK)
        return -EINVAL;
    spread->user = containers_scan_namespace(spread->visit.proc, "self/ns/user");
    return 0;
}

static void log_sum(const struct spread *spread, int64_t took_us) {
    const struct containers_crew *crew = &spread->crew;
    char line[CONFIG_PATH_SIZE + 256];
    struct text_out out = text_out(line, sizeof line);

    logfmt_put(&out, "mount", spread->visit.target);
    logfmt_put(&out, "event", "spread");
    logfmt_put_u64(&out, "healed", crew->healed);
    logfmt_put_u64(&out, "behind", crew->behind);
    logfmt_put_u64(&out, "elapsed_ms", (uint64_t)(took_us / 1000));
    log_line(crew->healed + crew->behind > 0 ? LOGLEVEL_INFO : LOGLEVEL_DEBUG, line);
}

enum work_end containers_spread(const void *argument, struct recorder *recorder) {
    static struct spread spread;
    int64_t began_us = clock_us();

    (void)recorder;
    log_child();
    if (set_up(&spread, argument) != 0 || look_around(&spread) != 0)
        return WORK_FAILED;
    log_sum(&spread, clock_us() - began_us);
    nanosleep(&(struct timespec){SETTLE_S, 0}, NULL);
    uint32_t known = spread.crew.healed + spread.crew.behind;
    began_us = clock_us();
    if (look_around(&spread) == 0 && spread.crew.healed + spread.crew.behind > known)
        log_sum(&spread, clock_us() - began_us);
    return WORK_DONE;
}
