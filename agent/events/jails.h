/* SPDX-License-Identifier: MIT */
/*
 * jails: the system calls of the actor and the scanner, as tables for jail.h. The reader has jail_network.
 *
 * The actor may open existing files for reading or writing. No call in its table writes, truncates, renames, links,
 * removes or creates. It can change a ctime, by a chown that keeps the group. It keeps one right: to ask as another
 * real uid (refresh.h), from a range that belongs to nobody.
 *
 * The scanner may read every process's /proc. It takes single bytes from a process that might be hostile.
 */
#ifndef USERMOUNT_EVENTS_JAILS_H
#define USERMOUNT_EVENTS_JAILS_H

#include "../system/jail.h"

extern const struct jail jail_actor;
extern const struct jail jail_scanner;

#endif
