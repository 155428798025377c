/* SPDX-License-Identifier: MIT */
/*
 * backoff: the pause between two attempts. PURE.
 */
#ifndef USERMOUNT_BACKOFF_H
#define USERMOUNT_BACKOFF_H

#include <stdint.h>

#define BACKOFF_FIRST_MS 100

/* The pause after `failures` failed attempts in a row: 0 after none, BACKOFF_FIRST_MS after one, then doubled each
 * time, at most `max_ms`. */
uint32_t backoff_delay_ms(uint32_t failures, uint32_t max_ms);

#endif
