/* SPDX-License-Identifier: MIT */
/* engine_time: a moment, by three clocks. clock.h reads them for the engine. PURE. */
#ifndef USERMOUNT_ENGINE_TIME_H
#define USERMOUNT_ENGINE_TIME_H

#include <stdint.h>

/* `mono_ms` (CLOCK_MONOTONIC) is for timers and deadlines: nobody sets it, and it stops during a suspend. `boot_ms`
 * (CLOCK_BOOTTIME) is for ages: it goes on during a suspend, and every process reads the same. `real_ms`, since 1970,
 * is the wall clock, which the host sets at will. It is for people only, never for a difference. */
struct engine_time {
    int64_t mono_ms;
    int64_t real_ms;
    int64_t boot_ms;
};

/* The earlier of two moments by one clock; -1: never. */
static inline int64_t time_earlier(int64_t a_ms, int64_t b_ms) {
    if (a_ms < 0)
        return b_ms;
    return b_ms >= 0 && b_ms < a_ms ? b_ms : a_ms;
}

#endif
