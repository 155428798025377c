/* SPDX-License-Identifier: MIT */
/*
 * scanner: fills the table of what inotify watches in one file system, from /proc/PID/fdinfo of every process. Edge.
 *
 * It may look into every process, and so it meets no byte from outside: it is asked by one byte, and answers by one.
 * The table lies in memory that it shares with the actor, who waits meanwhile.
 */
#ifndef USERMOUNT_EVENTS_SCANNER_H
#define USERMOUNT_EVENTS_SCANNER_H

#include "watches.h"

#include <sys/types.h>

/* Fills *watches with what processes watch on `device` (watches_device()), but for the process `but`. `proc` is an open
 * /proc. 0 or -errno; processes that end meanwhile are passed over. */
int scanner_scan(int proc, uint32_t device, pid_t but, struct watches *watches);

#endif
