/* SPDX-License-Identifier: MIT */
#include "route.h"

enum { FLAG_UP = 1, FLAG_GATEWAY = 2 }; /* RTF_UP, RTF_GATEWAY of net/route.h */

static bool read_hex(struct text text, uint32_t *value) {
    uint32_t sum = 0;

    if (text.len == 0 || text.len > 8)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                : 16;
        if (digit > 15)
            return false;
        sum = sum * 16 + digit;
    }
    *value = sum;
    return true;
}

struct route {
    uint32_t destination, gateway, flags, mask;
    uint64_t metric;
};

/* "Iface Destination Gateway Flags RefCnt Use Metric Mask …", tabs between, hexadecimal in host order. */
static bool read_route(struct text line, struct route *route) {
    text_cut(&line, '\t');
    if (!read_hex(text_cut(&line, '\t'), &route->destination) || !read_hex(text_cut(&line, '\t'), &route->gateway) ||
        !read_hex(text_cut(&line, '\t'), &route->flags))
        return false;
    text_cut(&line, '\t');
    text_cut(&line, '\t');
    return text_u64(text_cut(&line, '\t'), UINT32_MAX, &route->metric) && read_hex(text_cut(&line, '\t'), &route->mask);
}

bool route_gateway(struct text table, struct text_out *out) {
    struct route route, best = {.metric = UINT64_MAX};

    while (table.at) {
        if (!read_route(text_cut(&table, '\n'), &route) || route.destination || route.mask || !route.gateway)
            continue;
        if ((route.flags & FLAG_UP) && (route.flags & FLAG_GATEWAY) && route.metric < best.metric)
            best = route;
    }
    if (best.metric == UINT64_MAX)
        return false;
    /* The number is in memory as the address is on the wire, lowest byte first on a little-endian machine. */
    text_putf(out, "%u.%u.%u.%u", best.gateway & 255, best.gateway >> 8 & 255, best.gateway >> 16 & 255,
              best.gateway >> 24);
    return true;
}
