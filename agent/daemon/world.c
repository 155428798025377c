/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "world.h"

#include "../system/clock.h"
#include "bound.h"
#include "edits.h"
#include "mounted.h"
#include "publish.h"
#include "../system/log.h"
#include "../engine/logfmt.h"
#include "spread.h"
#include "../mount/server.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SYNC_MS 10000

/* The arguments of the next worker. The forked child has its own copy. */
static union {
    struct probe_request probe;
    struct mounter_job job;
} arguments;

void daemon_world_job(const struct daemon_world *world, uint32_t index, struct mounter_job *job) {
    const struct config_mount *mount = &world->config->mounts[index];
    const struct evidence *evidence = &world->engine->mounts[index].evidence;

    memset(job, 0, sizeof *job);
    struct text_out source = text_out(job->source, sizeof job->source);
    server_source(mount, &source);
    memcpy(job->target, mount->target, sizeof mount->target);
    memcpy(job->common, world->config->options, sizeof job->common);
    memcpy(job->own, mount->options, sizeof job->own);
    memcpy(job->address, evidence->address, sizeof job->address);
    job->nfs_port = evidence->nfs_port;
    job->mount_port = evidence->mount_port;
    job->coherent = world->edits.coherent[index];
}

static const struct worker_task tasks[WORKS] = {
    [WORK_PROBE] = {.run = probe_run, .prepare = probe_prepare, .argument = &arguments},
    [WORK_TRY] = {.run = mounter_try, .argument = &arguments},
    [WORK_MOUNT] = {.run = mounter_mount, .argument = &arguments},
    [WORK_PROVE] = {.run = mounter_prove, .argument = &arguments},
    [WORK_CHECK] = {.run = mounter_check, .argument = &arguments},
    [WORK_DETACH] = {.run = mounter_detach, .argument = &arguments},
    [WORK_UNMOUNT] = {.run = mounter_unmount, .argument = &arguments},
};

static void run_work(struct daemon_world *world, uint32_t index, enum work work, int64_t deadline_ms) {
    struct engine_mount *mount = &world->engine->mounts[index];
    struct worker_task task = tasks[work];

    if (work == WORK_TRY || work == WORK_MOUNT)
        world->edits.coherent[index] = daemon_edits_coherent(world, index);
    if (work == WORK_PROBE) {
        server_request(world->config, &world->config->mounts[index], &arguments.probe);
        task.jail = jail_for_server(arguments.probe.server);
    } else {
        daemon_world_job(world, index, &arguments.job);
    }
    int error = worker_start(&world->workers[index], &task, &mount->evidence, deadline_ms);
    if (error == 0)
        return;
    worker_unstarted(-error, &mount->evidence);
    world->unstarted[index] = true;
}

static void start_work(struct daemon_world *world, uint32_t index, enum work work, int64_t deadline_ms) {
    struct engine_mount *mount = &world->engine->mounts[index];

    world->mounting[index] = work == WORK_TRY || work == WORK_MOUNT;
    if (world->mounting[index]) /* an earlier work may have left DONE there */
        mount->evidence.steps[STEP_MOUNT].state = STEP_NOT_REACHED;
    if (work == WORK_TRY && !server_guess(world->config, &world->config->mounts[index], &mount->evidence)) {
        world->unstarted[index] = true;
        return;
    }
    if ((work == WORK_TRY || work == WORK_MOUNT) && daemon_edits_wait(world, index, work, deadline_ms))
        return;
    run_work(world, index, work, deadline_ms);
}

static void work(void *ctx, uint32_t index, enum work work, uint32_t timeout_ms) {
    struct daemon_world *world = ctx;
    struct worker *worker = &world->workers[index];
    int64_t deadline_ms = world->engine->now.mono_ms + timeout_ms;

    if (world->cancelled[index]) { /* a mount(2) that succeeds after its umount(2) would stay */
        world->next[index].work = work;
        world->next[index].timeout_ms = timeout_ms;
    } else if (work == WORK_PROVE && worker->pid > 0) { /* the child that mounted goes on */
        worker->deadline_ms = deadline_ms;
    } else {
        start_work(world, index, work, deadline_ms);
    }
}

/* Starts the work that waited for a cancelled worker's slot. */
static void start_next(struct daemon_world *world, uint32_t index) {
    uint32_t timeout_ms = world->next[index].timeout_ms;

    world->cancelled[index] = false;
    world->next[index].timeout_ms = 0;
    if (timeout_ms > 0)
        start_work(world, index, world->next[index].work, clock_now().mono_ms + timeout_ms);
}

static void cancel(void *ctx, uint32_t index) {
    struct daemon_world *world = ctx;
    struct worker *worker = &world->workers[index];

    world->unstarted[index] = false;
    world->edits.waiting[index].since_ms = 0;
    world->next[index].timeout_ms = 0;
    world->cancelled[index] = worker->pid > 0;
    if (worker->pid > 0 && !worker->killed)
        worker_kill(worker, clock_now().mono_ms + DAEMON_KILLED_MS);
}

void daemon_world_leave(const struct daemon_world *world, uint32_t index, struct worker *worker,
                        struct evidence *evidence) {
    char line[CONFIG_PATH_SIZE + 256];
    struct text_out out = text_out(line, sizeof line);

    logfmt_put(&out, "mount", world->config->mounts[index].target);
    logfmt_put(&out, "event", "left-behind");
    logfmt_put_u64(&out, "pid", (uint64_t)worker->pid);
    logfmt_put(&out, "cause", "a killed child of usermount does not end: the kernel holds it");
    log_line(LOGLEVEL_WARN, line);
    worker_leave(worker, evidence);
}

void daemon_world_sync(struct daemon_world *world) {
    static const struct evidence none;
    struct worker_task task = {.run = log_sync};

    if (world->sync.pid > 0 || !log_wants_sync())
        return;
    log_descriptors(task.keep);
    if (worker_start(&world->sync, &task, &none, clock_now().mono_ms + SYNC_MS) == 0)
        log_syncing();
}

static void put_source(void *ctx, uint32_t index, struct text_out *out) {
    const struct daemon_world *world = ctx;

    server_source(&world->config->mounts[index], out);
}

static void write_log(void *ctx, enum config_loglevel level, const char *line) {
    (void)ctx;
    log_line(level, line);
}

const struct engine_world daemon_world_calls = {
    .look = daemon_look,
    .source = put_source,
    .work = work,
    .cancel = cancel,
    .spread = daemon_spread,
    .recall = daemon_spread_recall,
    .log = write_log,
    .publish = daemon_publish,
};

/* One child mounts and proves, which are two works for the engine. Reports the end of the first, once. The engine then
 * begins the second, which the same child is doing. */
static bool tell_mounted(struct daemon_world *world, uint32_t index, const struct evidence *evidence) {
    if (!world->mounting[index] || evidence->steps[STEP_MOUNT].state != STEP_DONE)
        return false;
    world->mounting[index] = false;
    engine_worked(world->engine, index, WORK_DONE, evidence, clock_now());
    return true;
}

static void ended(struct daemon_world *world, pid_t pid, int status) {
    static struct evidence evidence;

    if (world->sync.pid == pid)
        worker_finish(&world->sync, status, NULL);
    for (uint32_t i = 0; i < world->config->mount_count; i++) {
        if (daemon_spread_ended(world, i, pid, status))
            return;
        if (daemon_bound_ended(world, i, pid, status))
            return;
        if (daemon_edits_ended(world, i, pid, status))
            return;
        if (world->workers[i].pid != pid)
            continue;
        if (world->cancelled[i]) {
            worker_finish(&world->workers[i], status, NULL);
            start_next(world, i);
            return;
        }
        evidence = world->engine->mounts[i].evidence;
        worker_read(&world->workers[i], &evidence);
        tell_mounted(world, i, &evidence);
        bool hung = world->workers[i].killed;
        enum work_end end = worker_finish(&world->workers[i], status, &evidence);
        engine_worked(world->engine, i, hung ? WORK_HUNG : end, &evidence, clock_now());
        return;
    }
}

void daemon_world_reap(struct daemon_world *world) {
    pid_t pid;
    int status;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        ended(world, pid, status);
}

/* The worker has missed its deadline: for its work, or for its end after SIGKILL. */
static void expire(struct daemon_world *world, uint32_t index, struct engine_time now) {
    struct worker *worker = &world->workers[index];
    struct evidence *evidence = &world->engine->mounts[index].evidence; /* so far: it may report more until it ends */

    if (!worker->killed) {
        worker_read(worker, evidence);
        if (!tell_mounted(world, index, evidence))
            worker_kill(worker, now.mono_ms + DAEMON_KILLED_MS);
    } else if (world->cancelled[index]) {
        daemon_world_leave(world, index, worker, NULL);
        start_next(world, index);
    } else {
        daemon_world_leave(world, index, worker, evidence);
        engine_worked(world->engine, index, WORK_HUNG, NULL, now);
    }
}

void daemon_world_expire(struct daemon_world *world) {
    struct engine_time now = clock_now();

    if (world->sync.pid > 0 && world->sync.deadline_ms <= now.mono_ms)
        worker_kill(&world->sync, INT64_MAX); /* it keeps its slot until it ends: only one may hang */
    for (uint32_t i = 0; i < world->config->mount_count; i++) {
        daemon_spread_expire(world, i, now);
        if (daemon_edits_waited(world, i, now.mono_ms))
            run_work(world, i, world->edits.waiting[i].work, now.mono_ms + world->edits.waiting[i].left_ms);
        if (world->unstarted[i]) {
            world->unstarted[i] = false;
            engine_worked(world->engine, i, WORK_FAILED, NULL, now);
        } else if (world->workers[i].pid > 0 && world->workers[i].deadline_ms <= now.mono_ms) {
            expire(world, i, now);
        }
    }
}

int64_t daemon_world_due_ms(const struct daemon_world *world) {
    int64_t due_ms = worker_due_ms(&world->sync);

    for (uint32_t i = 0; i < world->config->mount_count; i++) {
        if (world->unstarted[i])
            return 0;
        due_ms = time_earlier(due_ms, worker_due_ms(&world->workers[i]));
        due_ms = time_earlier(due_ms, worker_due_ms(&world->edits.forgets[i]));
        due_ms = time_earlier(due_ms, daemon_spread_due_ms(world, i));
        due_ms = time_earlier(due_ms, daemon_edits_wait_ms(world, i));
        due_ms = time_earlier(due_ms, daemon_bound_due_ms(world, i));
    }
    return due_ms;
}
