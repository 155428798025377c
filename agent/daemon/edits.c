/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "edits.h"

#include "publish.h"
#include "../containers/forget.h"
#include "../system/clock.h"
#include "../engine/mountinfo.h"
#include "../settings/options.h"

#include <signal.h>

/* A connect succeeds or fails within a millisecond or two. Only if the network drops packets does the mount wait for
 * all of this. A watcher answers at once, unless it is busy. */
#define CONNECT_HOLD_MS 100
#define ANSWER_HOLD_MS 1000

static void forget(void *ctx, uint32_t index) {
    static struct mounter_job job;
    static const struct worker_task task = {.run = containers_forget, .argument = &job};
    struct daemon_world *world = ctx;
    struct worker *worker = &world->edits.forgets[index];

    daemon_world_job(world, index, &job);
    int64_t deadline_ms = clock_now().mono_ms + LINK_FORGET_MS;
    if (worker_start(worker, &task, &world->engine->mounts[index].evidence, deadline_ms) != 0)
        *worker = (struct worker){.fd = -1, .deadline_ms = -1}; /* the loop reports it */
}

void daemon_edits_init(struct daemon_world *world) {
    const struct links_calls calls = {.ctx = world, .forget = forget, .publish = daemon_publish};

    links_init(&world->edits.links, world->config, &calls, world->run_dir);
}

static bool may_be_coherent(const struct daemon_world *world, uint32_t index) {
    return world->config->events == EVENTS_AUTO &&
           !options_say_caching(world->config->options, world->config->mounts[index].options);
}

bool daemon_edits_coherent(const struct daemon_world *world, uint32_t index) {
    return may_be_coherent(world, index) && links_live(&world->edits.links, index);
}

void daemon_edits_found(struct daemon_world *world, uint32_t index, uint32_t flags, const char *address) {
    const uint32_t both = MOUNTINFO_NOCTO | MOUNTINFO_AC600; /* OPTIONS_COHERENT */

    world->edits.coherent[index] = (flags & both) == both && may_be_coherent(world, index);
    if (!address[0])
        return;
    struct evidence *evidence = &world->engine->mounts[index].evidence;
    if (!evidence->address[0]) /* no attempt has found it, and a remount needs it */
        text_copy(text_of(address), evidence->address, sizeof evidence->address);
    links_want(&world->edits.links, index, address, world->engine->now.mono_ms);
}

bool daemon_edits_wait(struct daemon_world *world, uint32_t index, enum work work, int64_t deadline_ms) {
    int64_t now_ms = world->engine->now.mono_ms;

    links_want(&world->edits.links, index, world->engine->mounts[index].evidence.address, now_ms);
    if (!may_be_coherent(world, index) || !links_open(&world->edits.links, index))
        return false;
    world->edits.waiting[index].work = work;
    world->edits.waiting[index].since_ms = now_ms;
    world->edits.waiting[index].left_ms = deadline_ms - now_ms;
    return true;
}

bool daemon_edits_waited(struct daemon_world *world, uint32_t index, int64_t now_ms) {
    int64_t due_ms = daemon_edits_wait_ms(world, index);

    if (due_ms < 0 || (due_ms > now_ms && links_open(&world->edits.links, index)))
        return false;
    world->edits.waiting[index].since_ms = 0;
    return true;
}

int64_t daemon_edits_wait_ms(const struct daemon_world *world, uint32_t index) {
    int64_t since_ms = world->edits.waiting[index].since_ms;

    if (since_ms == 0)
        return -1;
    return since_ms + (links_heard(&world->edits.links, index) ? ANSWER_HOLD_MS : CONNECT_HOLD_MS);
}

bool daemon_edits_ended(struct daemon_world *world, uint32_t index, pid_t pid, int status) {
    struct worker *worker = &world->edits.forgets[index];
    int64_t now_ms = clock_now().mono_ms;

    if (worker->pid != pid)
        return links_ended(&world->edits.links, index, pid, status, now_ms);
    bool done = worker_finish(worker, status, NULL) == WORK_DONE;
    links_forgotten(&world->edits.links, index, done, now_ms);
    return true;
}

/* Gives up a refresh that hangs: the server is gone, and the next refresh covers this one. */
static void expire(struct daemon_world *world, uint32_t index, int64_t now_ms) {
    struct worker *worker = &world->edits.forgets[index];

    if (worker->pid > 0 && worker->deadline_ms <= now_ms)
        kill(worker->pid, SIGKILL);
    else if (worker->pid > 0 || worker->deadline_ms >= 0)
        return;
    if (worker->pid > 0)
        worker_leave(worker, NULL);
    worker->deadline_ms = 0;
    links_forgotten(&world->edits.links, index, false, now_ms);
}

void daemon_edits_turn(struct daemon_world *world) {
    int64_t now_ms = clock_now().mono_ms;

    for (uint32_t i = 0; i < world->config->mount_count; i++) {
        const struct links_mounted mounted = {
            .up = engine_is_up(world->engine, i),
            .coherent = world->edits.coherent[i],
            .fresh = world->engine->mounts[i].fresh,
        };
        if (world->edits.forgets[i].deadline_ms != 0)
            expire(world, i, now_ms);
        links_mount(&world->edits.links, i, mounted, now_ms);
    }
    links_tick(&world->edits.links, now_ms);
}

void daemon_edits_status(const struct daemon_world *world, uint32_t index, struct status *status) {
    if (world->config->events == EVENTS_OFF || !engine_is_up(world->engine, index))
        return;
    status->cache = world->edits.coherent[index] ? STATUS_COHERENT : STATUS_PLAIN;
    if (links_live(&world->edits.links, index))
        return;
    struct engine_time now = clock_now();
    status->silent_boot_ms = now.boot_ms - (now.mono_ms - links_lost_ms(&world->edits.links, index));
}
