/* SPDX-License-Identifier: MIT */
/*
 * worker: runs one function in a child process under one absolute deadline. Everything that can hang, and everything
 * that reads the network, runs here. Edge.
 *
 * The child sends records of struct evidence through a pipe, each more complete. The last whole and valid record
 * counts. The parent reads the pipe when the child has ended or its deadline has come, and never waits.
 */
#ifndef USERMOUNT_WORKER_H
#define USERMOUNT_WORKER_H

#include "jail.h"
#include "recorder.h"
#include "../engine/work.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct worker_task {
    /* Runs in the child. It returns the exit code, an enum work_end other than WORK_HUNG. */
    enum work_end (*run)(const void *argument, struct recorder *recorder);
    /* Runs in the child before the jail; may be NULL. */
    void (*prepare)(const void *argument);
    const void *argument;    /* the caller's; the child has its own copy of the memory */
    const struct jail *jail; /* NULL: it keeps its privileges */
    int keep[2];             /* more descriptors to keep, beside 0 to 2 and the pipe; 0: none */
};

struct worker {
    pid_t pid;           /* 0: none */
    int fd;              /* the pipe's read end */
    int64_t deadline_ms; /* INT64_MAX: none */
    bool killed;
};

/* Starts a child with the evidence `seed`. 0 or -errno. */
int worker_start(struct worker *worker, const struct worker_task *task, const struct evidence *seed,
                 int64_t deadline_ms);

/* When its deadline comes, mono; -1: it has none, or there is no child. */
int64_t worker_due_ms(const struct worker *worker);

/* Stores the last record so far; without one, *evidence keeps its value. The kernel writes a record whole, since it is
 * shorter than PIPE_BUF. */
void worker_read(const struct worker *worker, struct evidence *evidence);

/* Notes in *evidence that worker_start() failed with `error`. */
void worker_unstarted(int error, struct evidence *evidence);

/* Takes wait(2)'s `status` of the reaped child, returns its end and stores its last record as worker_read() does.
 * *evidence also notes a child that ended early without being killed at its deadline. Frees the slot. */
enum work_end worker_finish(struct worker *worker, int status, struct evidence *evidence);

/* Kills the child. It ends when the kernel lets it, and a call under way, even mount(2), may still succeed until the
 * child is reaped. The slot stays taken until then, or until `deadline_ms`. */
void worker_kill(struct worker *worker, int64_t deadline_ms);

/* Gives up a killed child that does not end. The slot is free at once; the child is reaped, if ever, as a stranger.
 * Stores its last record as worker_read() does; *evidence may be NULL. */
void worker_leave(struct worker *worker, struct evidence *evidence);

#define WORKER_KEEP_MAX 4

/* A child that lives until its work ends or somebody kills it. It reports through its own descriptors. */
struct worker_spawn {
    void (*run)(void *argument);
    void (*prepare)(void *argument); /* before the jail; may be NULL */
    void *argument;                  /* belongs to the caller; the child has its own copy of the memory */
    const struct jail *jail;
    int keep[WORKER_KEEP_MAX]; /* descriptors to keep; -1: none. All others are closed, even 0 to 2 */
    size_t keep_count;
};

/* Starts such a child, which the caller reaps and which dies with this process. 0 or -errno. */
int worker_spawn(const struct worker_spawn *spawn, pid_t *pid);

#endif
