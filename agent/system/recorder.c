/* SPDX-License-Identifier: MIT */
#include "recorder.h"

#include "clock.h"

#include <stdio.h>
#include <unistd.h>

void recorder_send(const struct recorder *recorder) {
    const char *at = (const char *)&recorder->evidence;
    size_t left = sizeof recorder->evidence;

    while (recorder->fd >= 0 && left > 0) {
        ssize_t n = write(recorder->fd, at, left);
        if (n <= 0)
            return;
        at += n;
        left -= (size_t)n;
    }
}

static void close_step(struct recorder *recorder, enum step step, enum step_state state, int error) {
    struct step_result *result = &recorder->evidence.steps[step];

    result->state = (uint8_t)state;
    result->error = error;
    result->elapsed_us = (uint32_t)(clock_us() - recorder->began_us[step]);
}

void recorder_begin(struct recorder *recorder, enum step step) {
    recorder->began_us[step] = clock_us();
    recorder->evidence.steps[step] = (struct step_result){.state = STEP_RUNNING};
    recorder_send(recorder);
}

int recorder_end(struct recorder *recorder, enum step step, int error) {
    close_step(recorder, step, error ? STEP_FAILED : STEP_DONE, error);
    return error;
}

void recorder_fail(struct recorder *recorder, enum step step) {
    close_step(recorder, step, STEP_FAILED, 0);
}

int recorder_break(struct recorder *recorder, enum step step, const char *call, int error) {
    struct evidence *evidence = &recorder->evidence;

    snprintf(evidence->detail, sizeof evidence->detail, "%s", call);
    evidence->rpc = RPC_UNSENT;
    close_step(recorder, step, STEP_FAILED, error);
    return -1;
}
