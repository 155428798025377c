/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <time.h>

static int64_t read_us(clockid_t id) {
    struct timespec now = {0, 0};

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct engine_time clock_now(void) {
    return (struct engine_time){
        .mono_ms = read_us(CLOCK_MONOTONIC) / 1000,
        .real_ms = read_us(CLOCK_REALTIME) / 1000,
        .boot_ms = read_us(CLOCK_BOOTTIME) / 1000,
    };
}

int64_t clock_us(void) {
    return read_us(CLOCK_MONOTONIC);
}

int64_t clock_slept_ms(void) {
    return (read_us(CLOCK_BOOTTIME) - read_us(CLOCK_MONOTONIC)) / 1000;
}
