/* SPDX-License-Identifier: MIT */
/* standard: the three descriptors that a program is started with, or without. Edge; the packer has it too. */
#ifndef USERMOUNT_STANDARD_H
#define USERMOUNT_STANDARD_H

#include <stdbool.h>

/* Put /dev/null where 0, 1 or 2 is closed: what is opened next would get its number, be read or written for it, and be
 * closed in its name. Called before anything is opened. False: one is closed, and /dev/null cannot be opened. */
bool standard_fill(void);

#endif
