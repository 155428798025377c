/* SPDX-License-Identifier: MIT */
/* process: what names a process for good. Edge. */
#ifndef USERMOUNT_PROCESS_H
#define USERMOUNT_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* When `pid` was started, in clock ticks since the boot (proc(5), stat, field 22); 0: there is no such process, or it
 * cannot be seen. A number is given to another process sooner or later, and the two together are not. */
uint64_t process_started(pid_t pid);

#endif
