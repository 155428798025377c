/* SPDX-License-Identifier: MIT */
/*
 * engine_log: what a transition means to a person: the verdict and the log line.
 *
 * Private to engine.c. Each call gives the mount its verdict, settles its counters, and logs one line where one is
 * due. It comes before the mount's state changes; the engine publishes afterwards.
 */
#ifndef USERMOUNT_ENGINE_LOG_H
#define USERMOUNT_ENGINE_LOG_H

#include "engine.h"

void engine_log_up(struct engine *engine, uint32_t index);     /* proven, by us or adopted */
void engine_log_failed(struct engine *engine, uint32_t index); /* an attempt ended; evidence says how */
void engine_log_conflict(struct engine *engine, uint32_t index);
void engine_log_down(struct engine *engine, uint32_t index); /* a check was not answered */
void engine_log_back(struct engine *engine, uint32_t index); /* it is answered again */
void engine_log_stale(struct engine *engine, uint32_t index);
void engine_log_gone(struct engine *engine, uint32_t index); /* somebody unmounted it */
void engine_log_busy(struct engine *engine, uint32_t index); /* stop could not unmount it; nothing is logged yet */
void engine_log_unmounted(struct engine *engine, uint32_t index);
void engine_log_stopped(struct engine *engine, uint32_t index); /* there was nothing to unmount */

#endif
