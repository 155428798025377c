/* SPDX-License-Identifier: MIT */
/* report_when: which transition is logged how, and what it changes in the mount. PURE; private to the engine. */
#ifndef USERMOUNT_ENGINE_REPORT_WHEN_H
#define USERMOUNT_ENGINE_REPORT_WHEN_H

#include "engine.h"

/* Call it before the mount goes from its state to `to` because of `event`. True: the mount's published state is out of
 * date. */
bool engine_tell(struct engine *engine, uint32_t mount, enum fsm_event event, enum fsm_state to);

#endif
