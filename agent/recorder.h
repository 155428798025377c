/* SPDX-License-Identifier: MIT */
/*
 * recorder: how a worker tells what it does: every step's begin and end goes out at once, so that the last thing
 * a stopped worker did is known. Edge.
 */
#ifndef USERMOUNT_RECORDER_H
#define USERMOUNT_RECORDER_H

#include "evidence.h"

#include <stdint.h>

struct recorder {
    struct evidence evidence;
    int fd; /* a whole struct evidence is written at each change; -1: kept only */
    int64_t began_us[STEPS];
};

void recorder_begin(struct recorder *recorder, enum step step);

/* Both return `error`, so that a caller can end with it. `error` 0 is success. */
int recorder_end(struct recorder *recorder, enum step step, int error);

/* A failure without an errno: the evidence's other fields say why. */
void recorder_fail(struct recorder *recorder, enum step step);

#endif
