/* SPDX-License-Identifier: MIT */
/* route: the default route's gateway, from the text of /proc/net/route (proc(5)). PURE; IPv4 only. */
#ifndef USERMOUNT_ROUTE_H
#define USERMOUNT_ROUTE_H

#include "../common/text.h"

#include <stdbool.h>

/* Appends the gateway with the lowest metric, as "192.0.2.1". False, and nothing appended: no default route. */
bool route_gateway(struct text table, struct text_out *out);

#endif
