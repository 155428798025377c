/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "containers.h"

#include "../system/clock.h"
#include "crew.h"
#include "heard.h"
#include "path.h"
#include "visit.h"
#include "../system/log.h"
#include "../engine/logfmt.h"
#include "../settings/options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    SETTLE_S = 2, /* until the second look; each pause is twice the last one */
    LEFT_MAX = 64 /* hanging children of earlier visits: with so many, no child is sent where it may hang too */
};

struct spread {
    struct containers_visit visit; /* the fields that are the same for all namespaces, and those of one at a time */
    const char *source;
    struct containers_origin origin;
    struct options options;
    struct containers_crew crew;
    uint32_t left; /* hanging children */
    uint64_t user; /* the agent's own user namespace */
};

/* Names the namespace's owner in the log: a container, or just a process. */
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

/* Whether the table shows a mount of the share that nobody has worked on. One pass; the child looks closer. */
static bool concerns(const struct containers_visit *visit, struct text table) {
    static struct containers_bind bind;

    while (containers_match(&table, visit->origin, &bind))
        if (!containers_was_seen(visit->memory, visit->mounts, bind.id))
            return true;
    return false;
}

/* Call it with visit.process open. */
static bool has_work(const struct spread *spread) {
    char *table;
    size_t len;
    int error = containers_path_read(spread->visit.process, "mountinfo", &table, &len);

    if (error)
        return error == -ENOMEM; /* the child reports it; after other errors, the process has ended */
    bool work = concerns(&spread->visit, (struct text){table, len});
    free(table);
    return work;
}

static bool is_left_alone(struct spread *spread, const struct containers_visit *visit) {
    if (containers_was_seen(visit->memory, visit->mounts, 0))
        return true;
    for (size_t i = 0; i < visit->process_count; i++) {
        if (!visit->processes[i].hangs)
            continue;
        /* Without the line, which an earlier worker logged. */
        containers_remember(visit->memory, (struct containers_seen){.mounts = visit->mounts, .behind = true});
        return true;
    }
    if (spread->left < LEFT_MAX)
        return false;
    containers_heard_nothing(&spread->crew, visit, containers_say(CONTAINERS_CROWD));
    return true;
}

static void look_at(struct spread *spread) {
    struct containers_visit *visit = &spread->visit;
    uint64_t user = containers_scan_namespace(visit->process, "ns/user");

    visit->foreign_user = user != 0 && user != spread->user;
    name_it(visit);
    if (!is_left_alone(spread, visit))
        containers_crew_send(&spread->crew, visit);
}

static int open_process(const struct spread *spread, const struct containers_process *process) {
    char pid[32];

    snprintf(pid, sizeof pid, "%d", (int)process->pid);
    int fd = openat(spread->visit.proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && containers_scan_namespace(fd, "ns/mnt") == process->mounts)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* One running process stands for all of its namespace: the first with the namespace's own root. If there is none, only
 * a child that enters the namespace sees the table. */
static void look_at_group(struct spread *spread, const struct containers_process *processes, size_t count) {
    struct containers_visit *visit = &spread->visit;
    int any = -1, fd = -1;

    for (size_t i = 0; i < count && fd < 0; i++) {
        if (processes[i].hangs || (fd = open_process(spread, &processes[i])) < 0 ||
            containers_scan_sees_all(fd, "root"))
            continue;
        if (any >= 0)
            close(any);
        any = fd;
        fd = -1;
    }
    visit->mounts = processes[0].mounts;
    visit->processes = processes;
    visit->process_count = count;
    visit->process = fd >= 0 ? fd : any;
    if (visit->process >= 0 && (fd < 0 || has_work(spread)))
        look_at(spread);
    if (fd >= 0)
        close(fd);
    if (any >= 0)
        close(any);
}

/* Opens the target as it is now. It must not stay open for long: an unmount would find it busy. */
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

static void look_at_all(struct spread *spread, const struct containers_process *processes, size_t count) {
    size_t group;

    spread->left = 0;
    for (size_t i = 0; i < count; i++)
        spread->left += processes[i].hangs;
    for (size_t i = 0; i < count && !spread->crew.stopped; i += group) {
        group = containers_scan_group(processes + i, count - i);
        look_at_group(spread, processes + i, group);
    }
    containers_crew_finish(&spread->crew);
}

static int look_around(struct spread *spread) {
    struct containers_process *processes;
    size_t count;
    int error = open_target(spread);

    if (error)
        return error;
    error = containers_scan(spread->visit.proc, false, &processes, &count);
    if (error == 0) {
        look_at_all(spread, processes, count);
        free(processes);
    }
    close(spread->visit.share);
    return error;
}

static int set_up(struct spread *spread, const struct containers_job *job) {
    const struct options_found found = {job->mount.address, job->mount.nfs_port, job->mount.mount_port,
                                        job->mount.coherent};

    spread->source = job->mount.source;
    spread->visit = (struct containers_visit){
        .target = job->mount.target,
        .origin = &spread->origin,
        .options = &spread->options,
        .report = job->report,
        .memory = &spread->crew.memory,
        .proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
        .home = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC),
        .fuse = open("/dev/fuse", O_PATH | O_CLOEXEC),
    };
    if (spread->visit.proc < 0 || spread->visit.home < 0)
        return -errno;
    if (options_build(job->mount.common, job->mount.own, &found, &spread->options) != CONFIG_OK)
        return -EINVAL;
    spread->user = containers_scan_namespace(spread->visit.proc, "self/ns/user");
    return 0;
}

static void log_sum(const struct spread *spread, int64_t took_us) {
    uint32_t healed = spread->crew.healed, behind = containers_behind(&spread->crew.memory);
    char line[CONFIG_PATH_SIZE + 256];
    struct text_out out = text_out(line, sizeof line);

    logfmt_put(&out, "mount", spread->visit.target);
    logfmt_put(&out, "event", "spread");
    logfmt_put_u64(&out, "healed", healed);
    logfmt_put_u64(&out, "behind", behind);
    logfmt_put_u64(&out, "elapsed_ms", (uint64_t)(took_us / 1000));
    log_line(healed + behind > 0 ? LOGLEVEL_INFO : LOGLEVEL_DEBUG, line);
}

/* Looks once, and logs the sum if it is the first or has changed. False: this was the last look. */
static bool look_once(struct spread *spread, struct recorder *recorder, bool first) {
    uint32_t healed = spread->crew.healed, behind = containers_behind(&spread->crew.memory);
    int64_t began_us = clock_us();

    spread->crew.memory.look++;
    if (look_around(spread) != 0)
        return false;
    if (first || spread->crew.healed != healed || containers_behind(&spread->crew.memory) != behind)
        log_sum(spread, clock_us() - began_us);
    recorder->evidence.behind = containers_behind(&spread->crew.memory);
    recorder_send(recorder);
    return !spread->crew.stopped;
}

enum work_end containers_spread(const void *argument, struct recorder *recorder) {
    static struct spread spread;
    bool going;

    log_child();
    if (set_up(&spread, argument) != 0)
        return WORK_FAILED;
    containers_crew_prepare();
    if (!(going = look_once(&spread, recorder, true)))
        return WORK_FAILED;
    for (time_t pause_s = SETTLE_S; going; pause_s *= 2) {
        containers_crew_pause(&spread.crew, pause_s);
        going =
            !spread.crew.stopped && look_once(&spread, recorder, false) && containers_again(&spread.crew.memory) > 0;
    }
    return WORK_DONE;
}
