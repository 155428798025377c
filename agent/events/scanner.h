/* SPDX-License-Identifier: MIT */
/*
 * scanner: lists the inotify watches in one file system, from /proc/PID/fdinfo of every process. Edge.
 *
 * It may read every process, and therefore takes no data from outside: the actor sends one byte, and the scanner
 * answers with one. They share the table's memory, and the actor waits during a scan.
 */
#ifndef USERMOUNT_EVENTS_SCANNER_H
#define USERMOUNT_EVENTS_SCANNER_H

#include "watches.h"

#include <sys/types.h>

/* Fills *watches with the watches on `device` (watches_device()) of every process except `but`. `proc` is an open
 * /proc. It skips processes that end meanwhile. 0 or -errno. */
int scanner_scan(int proc, uint32_t device, pid_t but, struct watches *watches);

#endif
