/* SPDX-License-Identifier: MIT */
/* The kernel's mount and route tables from any bytes. */
#include "../../agent/engine/mountinfo.h"
#include "../../agent/mount/route.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct mountinfo entry, found;
    struct text rest = {(const char *)data, size};
    char gateway[32];
    struct text_out out = text_out(gateway, sizeof gateway);

    while (mountinfo_next(&rest, &entry))
        if (!mountinfo_find((const char *)data, size, entry.point, &found) || strcmp(found.point, entry.point) != 0)
            abort();
    route_gateway((struct text){(const char *)data, size}, &out);
    if (out.cut)
        abort();
    return 0;
}
