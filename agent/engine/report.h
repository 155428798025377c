/* SPDX-License-Identifier: MIT */
/*
 * report: what a transition means to a person: the verdict and the log line.
 *
 * Private to report_when.c. Each call gives the mount its verdict, with since when and how often, and logs one line
 * where one is due. What the engine goes by (proven, tried, made, fresh, failures, attempts, down) it only reads.
 */
#ifndef USERMOUNT_ENGINE_REPORT_H
#define USERMOUNT_ENGINE_REPORT_H

#include "engine.h"

void engine_log_up(struct engine *engine, uint32_t index);     /* proven, by us or adopted */
void engine_log_failed(struct engine *engine, uint32_t index); /* an attempt ended; evidence says how */
void engine_log_conflict(struct engine *engine, uint32_t index);
void engine_log_down(struct engine *engine, uint32_t index); /* a check was not answered */
void engine_log_back(struct engine *engine, uint32_t index); /* it is answered again */
void engine_log_stale(struct engine *engine, uint32_t index);
void engine_log_gone(struct engine *engine, uint32_t index); /* somebody unmounted it */
void engine_log_unmounted(struct engine *engine, uint32_t index);
void engine_log_stopped(struct engine *engine, uint32_t index); /* there was nothing to unmount */

#endif
