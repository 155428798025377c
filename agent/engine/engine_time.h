/* SPDX-License-Identifier: MIT */
/* engine_time: a moment, as clock.h reads it and the engine is told it. A leaf: types only. */
#ifndef USERMOUNT_ENGINE_TIME_H
#define USERMOUNT_ENGINE_TIME_H

#include <stdint.h>

/* `mono_ms` (CLOCK_MONOTONIC) is what timers and deadlines are in: nobody sets it, and a suspend does not count.
 * `boot_ms` (CLOCK_BOOTTIME) counts a suspend as well, and is the same for every process: for ages. `real_ms` is the
 * wall clock, which is set as the host likes: for people only, never for a difference. */
struct engine_time {
    int64_t mono_ms;
    int64_t real_ms;
    int64_t boot_ms;
};

#endif
