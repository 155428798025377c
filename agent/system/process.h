/* SPDX-License-Identifier: MIT */
/* process: an identity of a process that is never reused. Edge. */
#ifndef USERMOUNT_PROCESS_H
#define USERMOUNT_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The start time of `pid` in clock ticks since the boot (proc(5), stat, field 22); 0: the process does not exist or is
 * hidden. The kernel reuses a number, but never a number with its start time. */
uint64_t process_started(pid_t pid);

#endif
