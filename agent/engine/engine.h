/* SPDX-License-Identifier: MIT */
/*
 * engine: drives every mount's state machine, and decides what to log and publish. It has no clock, no file and no
 * process: the world is behind struct engine_world, and a test can be the world.
 *
 * It allocates nothing. All mounts proceed side by side; none waits for another.
 */
#ifndef USERMOUNT_ENGINE_H
#define USERMOUNT_ENGINE_H

#include "../settings/config.h"
#include "engine_time.h"
#include "evidence.h"
#include "mount_fsm.h"
#include "verdict.h"
#include "work.h"

#include <stdbool.h>
#include <stdint.h>

struct engine_mount {
    const struct config_mount *config;
    enum fsm_state state;
    int64_t due_ms;        /* the timer, mono; -1: off */
    int64_t attempt_ms;    /* when this attempt began, mono */
    int64_t down_ms;       /* when the server first failed to answer, mono; -1: the mount is not down */
    int64_t since_boot_ms; /* of the published state */
    uint32_t attempts;     /* until it came up, or since it was last up */
    uint32_t failures;     /* in a row, for the backoff */
    uint32_t eager;        /* attempts left with the shortest pause after each */
    uint32_t repeats;      /* of the same verdict, for the log */
    bool working;          /* a worker is under way */
    bool tried;            /* a mount without a probe, since it was last up or something changed */
    bool made;             /* by usermount, this daemon or an earlier one: stop unmounts it */
    bool fresh;            /* by this daemon; else it was found and adopted */
    bool proven;
    bool absent; /* stop found nothing, or another file system */
    bool lazy;   /* stop had to detach it */
    struct verdict verdict;
    struct evidence evidence;         /* of this attempt */
    char foreign[EVIDENCE_TEXT_SIZE]; /* what the look found, if it is not ours */
};

/* All calls return at once. `mount` is the index in config->mounts. */
struct engine_world {
    void *ctx;
    /* Looks at the target: FSM_FREE, FSM_SAME or FSM_FOREIGN. FOREIGN fills `foreign` with "TYPE SOURCE". */
    enum fsm_event (*look)(void *ctx, uint32_t mount, char foreign[EVIDENCE_TEXT_SIZE]);
    /* Appends the mount's "SERVER:/EXPORT" as /proc/mounts shows it, whatever the settings say. */
    void (*source)(void *ctx, uint32_t mount, struct text_out *out);
    /* Starts a worker. One call of engine_worked() follows, after timeout_ms at the latest. */
    void (*work)(void *ctx, uint32_t mount, enum work work, uint32_t timeout_ms);
    /* Gives up the worker under way. No engine_worked() follows. */
    void (*cancel)(void *ctx, uint32_t mount);
    /* Begins to bring the mount to the running containers, for timeout_ms at most. It gives up earlier such work for
     * this mount first, and does not report its end. */
    void (*spread)(void *ctx, uint32_t mount, uint32_t timeout_ms);
    /* Gives that up. */
    void (*recall)(void *ctx, uint32_t mount);
    /* Logs a line, which lacks time and level. */
    void (*log)(void *ctx, enum config_loglevel level, const char *line);
    /* The mount's published state has changed. */
    void (*publish)(void *ctx, uint32_t mount);
};

struct engine {
    const struct config *config;
    const struct engine_world *world;
    struct engine_time now;
    bool stopping;
    struct engine_mount mounts[CONFIG_MOUNTS_MAX];
};

void engine_init(struct engine *engine, const struct config *config, const struct engine_world *world);

/* `was_made[i]`: an earlier daemon of this boot mounted mounts[i]; may be NULL. */
void engine_start(struct engine *engine, struct engine_time now, const bool *was_made);

/* Takes the end of the mount's worker. `evidence` has passed evidence_check(), or is NULL. */
void engine_worked(struct engine *engine, uint32_t mount, enum work_end end, const struct evidence *evidence,
                   struct engine_time now);

/* Fires the timers that are due. */
void engine_tick(struct engine *engine, struct engine_time now);

/* When the next timer is due, mono; -1: none is set. */
int64_t engine_due_ms(const struct engine *engine);

/* Makes the engine look at once. `fresh`: something has changed. The backoff then begins again, slowly: a server that
 * has just begun to listen is half a server for a second or two. */
void engine_nudge(struct engine *engine, uint32_t mount, bool fresh, struct engine_time now);

void engine_stop(struct engine *engine, struct engine_time now);

bool engine_is_up(const struct engine *engine, uint32_t mount);
bool engine_all_up(const struct engine *engine);
bool engine_stopped(const struct engine *engine);

/* The state for people: "up", "waiting", "down", "mounting", "stopped". */
const char *engine_state_word(const struct engine_mount *mount);

#endif
