/* SPDX-License-Identifier: MIT */
/*
 * mac_names: the world of exports_world.h, as the system of this Mac has it. Edge. Hosts that are not in /etc/hosts are
 * asked for in a child: five seconds in all, then what is left is not known. On a system that is no Mac nothing is.
 */
#ifndef PACKER_MAC_NAMES_H
#define PACKER_MAC_NAMES_H

#include "../exports/world.h"

void mac_names(struct exports_world *world, bool is_split);

#endif
