/* SPDX-License-Identifier: MIT */
#include "backoff.h"

uint32_t backoff_delay_ms(uint32_t failures, uint32_t max_ms) {
    uint32_t delay_ms = BACKOFF_FIRST_MS;

    if (failures == 0)
        return 0;
    while (--failures > 0 && delay_ms < max_ms)
        delay_ms *= 2;
    return delay_ms < max_ms ? delay_ms : max_ms;
}
