/* SPDX-License-Identifier: MIT */
/* standard: the three standard descriptors. Edge; both programs use it. */
#ifndef USERMOUNT_STANDARD_H
#define USERMOUNT_STANDARD_H

#include <stdbool.h>

/* Opens /dev/null for each of 0, 1 and 2 that the caller left closed. Otherwise the next file opened would get that
 * number, and messages would go to it. Call it before anything is opened. False: /dev/null cannot be opened. */
bool standard_fill(void);

#endif
