/* SPDX-License-Identifier: MIT */
/*
 * jails: what the actor and the scanner may do, as tables for jail.h. The reader's is jail_network.
 *
 * The actor may open what is there, for reading or for writing, and there is no call in its table that writes, cuts,
 * renames, links, removes or makes anything: what it can change is a ctime, by a chown that keeps the group. The one
 * right that it keeps is to ask as another real uid (refresh.h), out of a range that is nobody's.
 *
 * The scanner may look into every process's /proc, and hears one byte at a time from a process that might be hostile.
 */
#ifndef USERMOUNT_EVENTS_JAILS_H
#define USERMOUNT_EVENTS_JAILS_H

#include "../system/jail.h"

extern const struct jail jail_actor;
extern const struct jail jail_scanner;

#endif
