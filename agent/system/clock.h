/* SPDX-License-Identifier: MIT */
/* clock: the time, as the engine wants it. Edge. */
#ifndef USERMOUNT_CLOCK_H
#define USERMOUNT_CLOCK_H

#include "../engine/engine_time.h"

struct engine_time clock_now(void);

/* CLOCK_MONOTONIC, in microseconds; for the time a step takes. */
int64_t clock_us(void);

/* CLOCK_BOOTTIME - CLOCK_MONOTONIC: it grows by the time that the machine was suspended. */
int64_t clock_slept_ms(void);

#endif
