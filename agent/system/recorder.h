/* SPDX-License-Identifier: MIT */
/*
 * recorder: how a worker tells what it does: every step's begin goes out at once, with all that was found before,
 * so that the last thing a stopped worker did is known. Edge.
 */
#ifndef USERMOUNT_RECORDER_H
#define USERMOUNT_RECORDER_H

#include "../engine/evidence.h"

#include <stdint.h>

struct recorder {
    struct evidence evidence;
    int fd; /* where the whole evidence goes at each step's begin; -1: it is kept only */
    int64_t began_us[STEPS];
};

void recorder_begin(struct recorder *recorder, enum step step);

/* Send what stands: recorder_begin() does, and a worker once more at its end. The pipe holds many records, so this does
 * not block; a reader that is gone is passed over, since SIGPIPE is ignored. */
void recorder_send(const struct recorder *recorder);

/* Both return `error`, so that a caller can end with it. `error` 0 is success. */
int recorder_end(struct recorder *recorder, enum step step, int error);

/* A failure without an errno: the evidence's other fields say why. */
void recorder_fail(struct recorder *recorder, enum step step);

/* This machine could not: `call` failed with `error` (0 where the library does not tell), and nothing was asked of
 * anybody. Returns -1. */
int recorder_break(struct recorder *recorder, enum step step, const char *call, int error);

#endif
