/* SPDX-License-Identifier: MIT */
#include "route.h"

enum { FLAG_UP = 1, FLAG_GATEWAY = 2 }; /* RTF_UP, RTF_GATEWAY of net/route.h */

static bool read_hex(struct text text, uint32_t *value) {
    uint32_t sum = 0;

    if (text.len == 0 || text.len > 8)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text_digit(text.at[i]) > 15)
            return false;
        sum = sum * 16 + (uint32_t)text_digit(text.at[i]);
    }
    *value = sum;
    return true;
}

struct route {
    uint32_t destination, gateway, flags, mask;
    uint64_t metric;
};

/* "Iface Destination Gateway Flags RefCnt Use Metric Mask …", separated by tabs. The addresses and flags are
 * hexadecimal, in host order (net/ipv4/fib_trie.c, fib_route_seq_show()). */
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
    /* In memory, the number has the address's network order: on a little-endian machine, the low byte comes first. */
    text_putf(out, "%u.%u.%u.%u", best.gateway & 255, best.gateway >> 8 & 255, best.gateway >> 16 & 255,
              best.gateway >> 24);
    return true;
}
