/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "publish.h"

#include "edits.h"
#include "rundir.h"
#include "../engine/logfmt.h"
#include "../mount/server.h"
#include "../system/clock.h"
#include "../system/log.h"
#include "../system/process.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Logs a failed write once: only `status` suffers from a full /run. `mount` is the number of mounts for the daemon's
 * own file. `error` is -errno, or 0. */
static void note_written(struct daemon_world *world, uint32_t mount, int error) {
    char line[CONFIG_PATH_SIZE + 256], cause[128];
    struct text_out out = text_out(line, sizeof line);
    bool told = error == 0 || error == world->unwritten[mount];

    world->unwritten[mount] = error;
    if (told)
        return;
    if (mount < world->config->mount_count)
        logfmt_put(&out, "mount", world->config->mounts[mount].target);
    logfmt_put(&out, "event", "state");
    snprintf(cause, sizeof cause, "unable to write the run directory: %s; status is out of date", strerror(-error));
    logfmt_put(&out, "cause", cause);
    log_line(LOGLEVEL_WARN, line);
}

void daemon_publish(void *ctx, uint32_t index) {
    static struct status status;
    struct daemon_world *world = ctx;
    const struct engine_mount *mount = &world->engine->mounts[index];

    memset(&status, 0, sizeof status);
    memcpy(status.target, mount->config->target, sizeof status.target);
    struct text_out source = text_out(status.source, sizeof status.source);
    server_source(mount->config, &source);
    struct text_out state = text_out(status.state, sizeof status.state);
    text_put(&state, engine_state_word(mount));
    status.since_boot_ms = mount->since_boot_ms;
    status_set_since(&status, clock_now());
    status.attempts = mount->attempts;
    status.made = mount->made;
    status.behind = world->behind[index];
    status.verdict = mount->verdict;
    daemon_edits_status(world, index, &status);
    note_written(world, index, rundir_write_mount(world->run_dir, index, &status));
}

void daemon_publish_all(struct daemon_world *world) {
    const struct rundir_daemon self = {
        .pid = getpid(),
        .started = process_started(getpid()),
        .mounts = world->config->mount_count,
        .fingerprint = config_fingerprint(world->config),
    };

    note_written(world, self.mounts, rundir_write_daemon(world->run_dir, &self, USERMOUNT_VERSION));
    for (uint32_t i = 0; i < self.mounts; i++)
        daemon_publish(world, i);
}

/* Without its run directory or lock, the daemon would not keep a second one out: it takes the directory again at once.
 * If another daemon was faster, this one ends, or each would repair what the other did. */
bool daemon_keep_run_dir(struct daemon_world *world, bool changed) {
    bool lost = changed && rundir_read_watch(world->run_watch); /* a file is gone */

    if (rundir_is_ours(world->run_path)) {
        if (lost)
            daemon_publish_all(world);
        return true;
    }
    int dir = rundir_retake(world->run_path);
    if (dir == -EBUSY) {
        log_line(LOGLEVEL_ERROR, "event=replaced cause=\"the run directory was removed, and another daemon made it "
                                 "again: this one ends, and its mounts stay\"");
        return false;
    }
    if (!world->homeless)
        log_line(LOGLEVEL_WARN,
                 "event=run-dir cause=\"the run directory or its lock was removed: the agent made it again\"");
    world->homeless = dir < 0;
    if (dir < 0)
        return true;
    close(world->run_dir);
    world->run_dir = world->edits.links.run_dir = dir;
    if (world->run_watch >= 0)
        close(world->run_watch);
    world->run_watch = rundir_watch(world->run_path);
    daemon_publish_all(world);
    return true;
}
