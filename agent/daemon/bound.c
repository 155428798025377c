/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "bound.h"

#include "../containers/bound.h"
#include "../system/clock.h"

#include <signal.h>

#define LOOKS 3u
#define LOOK_MS 5000 /* for one look */
#define REST_MS 1000 /* the least time between two looks */

static const int64_t pauses_ms[LOOKS] = {100, 1000, 4000};

static void want(struct daemon_world *world, uint32_t index, uint32_t done, int64_t now_ms) {
    int64_t due_ms = now_ms + pauses_ms[done], rested_ms = world->edits.looks[index].last_ms + REST_MS;

    world->edits.looks[index].done = done;
    world->edits.looks[index].due_ms = due_ms > rested_ms ? due_ms : rested_ms;
}

void daemon_bound_changed(struct daemon_world *world) {
    int64_t now_ms = clock_now().mono_ms;

    for (uint32_t i = 0; i < world->config->mount_count; i++)
        if (world->edits.looks[i].reader > 0)
            want(world, i, 0, now_ms);
}

static void look(struct daemon_world *world, uint32_t index, int folders, int64_t now_ms) {
    static struct containers_bound_job job; /* the forked worker has its own copy */
    const struct worker_task task = {.run = containers_bound, .argument = &job, .keep = {folders}};

    world->edits.looks[index].due_ms = 0;
    world->edits.looks[index].last_ms = now_ms;
    daemon_world_job(world, index, &job.mount);
    job.folders = folders;
    if (worker_start(&world->edits.bounds[index], &task, &world->engine->mounts[index].evidence, now_ms + LOOK_MS) != 0)
        want(world, index, LOOKS - 1, now_ms);
}

static void turn(struct daemon_world *world, uint32_t index, int64_t now_ms) {
    struct worker *worker = &world->edits.bounds[index];
    pid_t reader = -1;
    int folders = links_folders(&world->edits.links, index, &reader);

    if (worker->pid > 0) {
        if (worker->deadline_ms > now_ms)
            return;
        kill(worker->pid, SIGKILL);
        worker_leave(worker, NULL);
    }
    if (folders < 0 || !engine_is_up(world->engine, index)) {
        world->edits.looks[index].reader = 0;
        world->edits.looks[index].due_ms = 0;
        return;
    }
    if (world->edits.looks[index].reader != reader) { /* a new reader, which knows no folders */
        world->edits.looks[index].reader = reader;
        world->edits.looks[index].last_ms = 0;
        want(world, index, 0, now_ms);
    }
    if (world->edits.looks[index].due_ms != 0 && world->edits.looks[index].due_ms <= now_ms)
        look(world, index, folders, now_ms);
}

void daemon_bound_turn(struct daemon_world *world) {
    int64_t now_ms = clock_now().mono_ms;

    for (uint32_t i = 0; i < world->config->mount_count; i++)
        turn(world, i, now_ms);
}

int64_t daemon_bound_due_ms(const struct daemon_world *world, uint32_t mount) {
    if (world->edits.bounds[mount].pid > 0)
        return world->edits.bounds[mount].deadline_ms;
    return world->edits.looks[mount].due_ms != 0 ? world->edits.looks[mount].due_ms : -1;
}

bool daemon_bound_ended(struct daemon_world *world, uint32_t mount, pid_t pid, int status) {
    struct worker *worker = &world->edits.bounds[mount];
    uint32_t done = world->edits.looks[mount].done + 1;

    if (worker->pid != pid)
        return false;
    worker_finish(worker, status, NULL);
    if (world->edits.looks[mount].due_ms == 0 && done < LOOKS)
        want(world, mount, done, clock_now().mono_ms);
    return true;
}
