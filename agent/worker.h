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

#include "recorder.h"
#include "work.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct worker_task {
    /* Runs in the child; its value is the exit code: an enum work_end but for WORK_HUNG. */
    enum work_end (*run)(const void *argument, struct recorder *recorder);
    /* Runs in the child before `jailed` takes its privileges away; may be NULL. */
    void (*prepare)(const void *argument);
    const void *argument; /* belongs to the caller; the child has its own copy of the memory */
    bool jailed;          /* no privileges: see jail.h */
};

struct worker {
    pid_t pid; /* 0: none */
    int fd;    /* the pipe's read end */
    int64_t deadline_ms;
};

/* 0 or -errno. `seed` is the evidence that the child starts from. */
int worker_start(struct worker *worker, const struct worker_task *task, const struct evidence *seed,
                 int64_t deadline_ms);

/* The last record till now in *evidence, which is left alone where there is none. A record is written whole: it is
 * shorter than PIPE_BUF. */
void worker_read(const struct worker *worker, struct evidence *evidence);

/* The child has been reaped with wait(2)'s `status`: its end, and its last record in *evidence, which is left
 * alone where there is none. Frees the slot. */
enum work_end worker_finish(struct worker *worker, int status, struct evidence *evidence);

/* Kill the child. Its last record goes to *evidence (may be NULL). The slot is free at once; the child is reaped
 * later, as a stranger. */
void worker_abandon(struct worker *worker, struct evidence *evidence);

#endif
