/* SPDX-License-Identifier: MIT */
/*
 * report: the verdict and the log line for a transition. PURE; private to report_when.c.
 *
 * Each call sets the mount's verdict, since_boot_ms and repeats, and logs one line if one is due. It only reads the
 * fields that the engine decides by (proven, tried, made, fresh, failures, attempts, down_ms).
 */
#ifndef USERMOUNT_ENGINE_REPORT_H
#define USERMOUNT_ENGINE_REPORT_H

#include "engine.h"

void engine_log_up(struct engine *engine, uint32_t index);       /* proven: mounted or adopted */
void engine_log_failed(struct engine *engine, uint32_t index);   /* an attempt failed; the evidence tells why */
void engine_log_conflict(struct engine *engine, uint32_t index); /* another file system is on the target */
void engine_log_down(struct engine *engine, uint32_t index);     /* a check had no answer */
void engine_log_back(struct engine *engine, uint32_t index);     /* the server answers again */
void engine_log_stale(struct engine *engine, uint32_t index);    /* the mount's handle is dead */
void engine_log_gone(struct engine *engine, uint32_t index);     /* somebody unmounted it */
void engine_log_unmounted(struct engine *engine, uint32_t index);
void engine_log_stopped(struct engine *engine, uint32_t index); /* nothing was mounted */

#endif
