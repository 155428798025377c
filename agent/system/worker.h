/* SPDX-License-Identifier: MIT */
/*
 * worker: runs one function in a child process under one absolute deadline. Everything that can hang or that
 * reads bytes from the network goes through here. Edge.
 *
 * The child sends records of struct evidence through a pipe, each a fuller one; the last whole and sane one
 * counts. The pipe is read when the child has ended or its deadline has come, so nobody waits for anybody.
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
    /* Runs in the child; its value is the exit code: an enum work_end but for WORK_HUNG. */
    enum work_end (*run)(const void *argument, struct recorder *recorder);
    /* Runs in the child before the jail takes its privileges away; may be NULL. */
    void (*prepare)(const void *argument);
    const void *argument;    /* belongs to the caller; the child has its own copy of the memory */
    const struct jail *jail; /* NULL: it keeps its privileges */
    int keep[2];             /* descriptors that the child keeps beside 0 to 2 and its pipe; 0: none */
};

struct worker {
    pid_t pid; /* 0: none */
    int fd;    /* the pipe's read end */
    int64_t deadline_ms;
    bool killed;
};

/* 0 or -errno. `seed` is the evidence that the child starts from. */
int worker_start(struct worker *worker, const struct worker_task *task, const struct evidence *seed,
                 int64_t deadline_ms);

/* The last record till now in *evidence, which is left alone where there is none. A record is written whole: it is
 * shorter than PIPE_BUF. */
void worker_read(const struct worker *worker, struct evidence *evidence);

/* Tell in *evidence that worker_start() failed with `error`. */
void worker_unstarted(int error, struct evidence *evidence);

/* The child has been reaped with wait(2)'s `status`: its end, and its last record in *evidence, which is left
 * alone where there is none; a child that did not run to its end, and was not killed for
 * its deadline, is told there. Frees the slot. */
enum work_end worker_finish(struct worker *worker, int status, struct evidence *evidence);

/* Kill the child, which ends as soon as the kernel lets it: what it was in the middle of, a mount(2) too, may still
 * come about until it has been reaped, and the slot is taken until then. It has until `deadline_ms`. */
void worker_kill(struct worker *worker, int64_t deadline_ms);

/* The child was killed and does not end: leave it behind. The slot is free at once; the child is reaped, if ever, as a
 * stranger. Its last record in *evidence (may be NULL), which is left alone where there is none. */
void worker_leave(struct worker *worker, struct evidence *evidence);

#define WORKER_KEEP_MAX 4

/* A child that lives until its work ends or it is killed. What it has to say goes through its own descriptors. */
struct worker_spawn {
    void (*run)(void *argument);
    void (*prepare)(void *argument); /* before the jail; may be NULL */
    void *argument;                  /* belongs to the caller; the child has its own copy of the memory */
    const struct jail *jail;
    int keep[WORKER_KEEP_MAX]; /* the descriptors that it keeps, -1 for none; all others are closed, and 0 to 2 too */
    size_t keep_count;
};

/* 0 or -errno. The caller reaps the child; it dies with this process. */
int worker_spawn(const struct worker_spawn *spawn, pid_t *pid);

#endif
