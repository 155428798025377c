/* SPDX-License-Identifier: MIT */
/*
 * backoff: how long to pause between two attempts.
 *
 * PURE.
 */
#ifndef USERMOUNT_BACKOFF_H
#define USERMOUNT_BACKOFF_H

#include <stdint.h>

#define BACKOFF_FIRST_MS 100

/* The pause after `failures` failed attempts in a row: none before the first, then BACKOFF_FIRST_MS, doubled each
 * time, never more than `max_ms`. */
uint32_t backoff_delay_ms(uint32_t failures, uint32_t max_ms);

#endif
