/* SPDX-License-Identifier: MIT */
/*
 * recorder: a worker's reports. It sends the begin of every step at once, with everything found before. The last step
 * of a killed worker is therefore known. Edge.
 */
#ifndef USERMOUNT_RECORDER_H
#define USERMOUNT_RECORDER_H

#include "../engine/evidence.h"

#include <stdint.h>

struct recorder {
    struct evidence evidence;
    int fd; /* receives the whole evidence at each step's begin; -1: keep it only */
    int64_t began_us[STEPS];
};

void recorder_begin(struct recorder *recorder, enum step step);

/* Sends the evidence. recorder_begin() does so, and a worker once more at its end. The pipe holds many records, and
 * this does not block. SIGPIPE is ignored, and a missing reader does no harm. */
void recorder_send(const struct recorder *recorder);

/* Both return `error` for the caller to return. 0 is success. */
int recorder_end(struct recorder *recorder, enum step step, int error);

/* A failure without an errno: the evidence's other fields say why. */
void recorder_fail(struct recorder *recorder, enum step step);

/* This machine failed: `call` failed with `error` (0: the library does not tell), and nothing was sent. Returns -1. */
int recorder_break(struct recorder *recorder, enum step step, const char *call, int error);

#endif
