/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "spread.h"

#include "../containers/containers.h"
#include "../system/clock.h"
#include "../system/log.h"
#include "publish.h"

#include <signal.h>

/* A spread waits while a mount is under way, which it would slow down. A mount whose server is dead is always under
 * way, and may delay the spreads of the others only so long. */
#define HOLD_MS 250

/* For a spread to end after SIGTERM: it first reports what it leaves undone (containers.h). */
#define LEAVE_MS 3000

static void ask_to_end(struct daemon_world *world, uint32_t index) {
    if (world->spreads[index].pid <= 0 || world->spreads[index].killed || world->recalled[index])
        return;
    world->recalled[index] = true;
    world->spreads[index].deadline_ms = clock_now().mono_ms + LEAVE_MS;
    kill(world->spreads[index].pid, SIGTERM);
}

void daemon_spread_recall(void *ctx, uint32_t index) {
    struct daemon_world *world = ctx;

    world->held[index].timeout_ms = 0;
    ask_to_end(world, index);
}

bool daemon_spread_is_leaving(const struct daemon_world *world) {
    for (uint32_t i = 0; i < world->config->mount_count; i++)
        if (world->spreads[i].pid > 0)
            return true;
    return false;
}

void daemon_spread(void *ctx, uint32_t index, uint32_t timeout_ms) {
    struct daemon_world *world = ctx;

    daemon_spread_recall(world, index);
    world->held[index].timeout_ms = timeout_ms;
    world->held[index].until_ms = world->engine->now.mono_ms + HOLD_MS;
}

static void start(struct daemon_world *world, uint32_t index, int64_t deadline_ms) {
    static struct containers_job job; /* the forked worker has its own copy */
    struct worker_task task = {.run = containers_spread, .argument = &job};

    log_descriptors(task.keep);
    world->held[index].timeout_ms = 0;
    world->recalled[index] = false;
    daemon_world_job(world, index, &job.mount);
    job.report = world->config->containers == CONTAINERS_REPORT;
    int error = worker_start(&world->spreads[index], &task, &world->engine->mounts[index].evidence, deadline_ms);
    if (error != 0)
        log_line(LOGLEVEL_WARN, "event=spread cause=\"unable to fork: running containers stay as they are\"");
}

static bool is_working(const struct daemon_world *world) {
    for (uint32_t i = 0; i < world->config->mount_count; i++)
        if (world->workers[i].pid > 0)
            return true;
    return false;
}

void daemon_spread_start(struct daemon_world *world) {
    int64_t now_ms = clock_now().mono_ms;
    bool working = is_working(world);

    for (uint32_t i = 0; i < world->config->mount_count; i++) {
        uint32_t timeout_ms = world->held[i].timeout_ms;
        if (timeout_ms > 0 && world->spreads[i].pid == 0 && (!working || world->held[i].until_ms <= now_ms))
            start(world, i, now_ms + timeout_ms);
    }
}

/* A spread reports after each look, and may go on for minutes. */
static void take_behind(struct daemon_world *world, uint32_t index, const struct evidence *evidence) {
    if (world->behind[index] == evidence->behind)
        return;
    world->behind[index] = evidence->behind;
    daemon_publish(world, index);
}

static void read_behind(struct daemon_world *world, uint32_t index) {
    static struct evidence evidence;

    evidence.behind = world->behind[index];
    worker_read(&world->spreads[index], &evidence);
    take_behind(world, index, &evidence);
}

bool daemon_spread_ended(struct daemon_world *world, uint32_t index, pid_t pid, int status) {
    if (world->spreads[index].pid != pid)
        return false;
    read_behind(world, index);
    worker_finish(&world->spreads[index], status, NULL);
    log_child_ended();
    return true;
}

void daemon_spread_expire(struct daemon_world *world, uint32_t index, struct engine_time now) {
    struct worker *spread = &world->spreads[index];

    if (spread->pid > 0)
        read_behind(world, index);
    if (spread->pid <= 0 || spread->deadline_ms > now.mono_ms)
        return;
    if (spread->killed)
        daemon_world_leave(world, index, spread, NULL);
    else if (!world->recalled[index])
        ask_to_end(world, index);
    else
        worker_kill(spread, now.mono_ms + DAEMON_KILLED_MS);
}

int64_t daemon_spread_due_ms(const struct daemon_world *world, uint32_t index) {
    if (world->spreads[index].pid > 0)
        return world->spreads[index].deadline_ms;
    return world->held[index].timeout_ms > 0 ? world->held[index].until_ms : -1;
}
