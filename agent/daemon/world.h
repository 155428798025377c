/* SPDX-License-Identifier: MIT */
/*
 * world: the engine's calls to the real world: looks, workers, the log, the published state. Edge; private to the
 * daemon.
 */
#ifndef USERMOUNT_DAEMON_WORLD_H
#define USERMOUNT_DAEMON_WORLD_H

#include "../engine/engine.h"
#include "../events/links.h"
#include "../mount/mounter.h"
#include "../probe/probe.h"
#include "../system/worker.h"

/* The time for a killed child to end. Its call may still succeed. The kernel needs less, or never ends the child, which
 * is then left behind. */
#define DAEMON_KILLED_MS 1000

struct daemon_world {
    struct engine *engine;
    const struct config *config;
    int run_dir;
    const char *run_path; /* its path, absolute */
    int run_watch;        /* rundir_watch() of it; negative: none */
    bool homeless;        /* it is lost, and could not be made again yet */
    struct worker workers[CONFIG_MOUNTS_MAX];
    /* The engine has given this worker up. `next` starts when it has been reaped. */
    bool cancelled[CONFIG_MOUNTS_MAX];
    struct {
        enum work work;
        uint32_t timeout_ms; /* 0: nothing waits */
    } next[CONFIG_MOUNTS_MAX];
    struct worker spreads[CONFIG_MOUNTS_MAX]; /* to running containers, beside the mount's worker */
    bool recalled[CONFIG_MOUNTS_MAX];         /* the spread was asked to end */
    uint32_t behind[CONFIG_MOUNTS_MAX];       /* mounts in containers, as the last spread reported */
    struct worker sync;                       /* of the log; one at a time, however slow the disk is */
    /* Edits on the Mac: edits.h. */
    struct {
        struct links links;
        struct worker forgets[CONFIG_MOUNTS_MAX]; /* deadline_ms -1 without a pid: it could not be started */
        struct worker bounds[CONFIG_MOUNTS_MAX];  /* look for bound folders: bound.h */
        struct {
            pid_t reader;    /* the one that got the last list */
            uint32_t done;   /* looks since the last change */
            int64_t due_ms;  /* the next look, mono; 0: none */
            int64_t last_ms; /* the last one */
        } looks[CONFIG_MOUNTS_MAX];
        bool coherent[CONFIG_MOUNTS_MAX]; /* the last mount(2) was coherent */
        struct {
            enum work work;
            int64_t since_ms;         /* mono; 0: none waits */
            int64_t left_ms;          /* the engine's time limit for the work */
        } waiting[CONFIG_MOUNTS_MAX]; /* a mount(2) that waits for the stream */
    } edits;
    bool mounting[CONFIG_MOUNTS_MAX]; /* the worker mounts and then proves; the engine has no end of the first yet */
    struct {
        uint32_t timeout_ms;   /* 0: none waits */
        int64_t until_ms;      /* mono */
    } held[CONFIG_MOUNTS_MAX]; /* spreads, until no mount is under way */
    /* The worker did not start. The loop tells the engine, which must not hear it inside its own call. */
    bool unstarted[CONFIG_MOUNTS_MAX];
    /* -errno of the last write of each mount's file, and of the daemon's own after the mounts'; 0: success. */
    int unwritten[CONFIG_MOUNTS_MAX + 1];
};

/* The calls behind struct engine_world; ctx is a struct daemon_world. */
extern const struct engine_world daemon_world_calls;

/* Reaps every ended child and tells the engine about its own. */
void daemon_world_reap(struct daemon_world *world);

/* Tells the engine about workers that missed their deadline or did not start. */
void daemon_world_expire(struct daemon_world *world);

/* Fills a job for a privileged worker of the mount. */
void daemon_world_job(const struct daemon_world *world, uint32_t mount, struct mounter_job *job);

/* Gives up a child that was killed long ago, and logs that. */
void daemon_world_leave(const struct daemon_world *world, uint32_t mount, struct worker *worker,
                        struct evidence *evidence);

/* Syncs new warnings of the log to the disk. */
void daemon_world_sync(struct daemon_world *world);

/* The next deadline of a worker, mono; -1: none runs. */
int64_t daemon_world_due_ms(const struct daemon_world *world);

#endif
