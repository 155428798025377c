/* SPDX-License-Identifier: MIT */
/* report_when: what a transition changes in what the engine goes by, and what a person is told of it. PURE; private to
 * the engine. */
#ifndef USERMOUNT_ENGINE_REPORT_WHEN_H
#define USERMOUNT_ENGINE_REPORT_WHEN_H

#include "engine.h"

/* The mount is about to go from its state to `to` because of `event`. True: a line was logged or a fact noted, so that
 * what is published of the mount is old. */
bool engine_tell(struct engine *engine, uint32_t mount, enum fsm_event event, enum fsm_state to);

#endif
