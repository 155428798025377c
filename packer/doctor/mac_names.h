/* SPDX-License-Identifier: MIT */
/*
 * mac_names: fills the world of exports/world.h with the lookups of this Mac. Edge. A child process looks up hosts that
 * are not in /etc/hosts, for at most five seconds in all; after that every other host is unknown. On Linux the table
 * stays empty.
 */
#ifndef PACKER_MAC_NAMES_H
#define PACKER_MAC_NAMES_H

#include "../exports/world.h"

/* Fills *world. is_split: macOS 10.15 or later. */
void mac_names(struct exports_world *world, bool is_split);

#endif
