/* SPDX-License-Identifier: MIT */
/* The kernel command line from any bytes: its words are slices of it, in their order, and its end is an end. */
#include "../../agent/settings/cmdline.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition) {
    if (!condition)
        abort();
}

static void inside(struct text slice, const char *text, size_t size) {
    require(slice.at >= text && slice.at <= text + size && slice.len <= size - (size_t)(slice.at - text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data;
    struct cmdline cmdline = cmdline_of(text, size);
    struct cmdline_arg arg;
    uint32_t before = 0;
    size_t count = 0;

    while (cmdline_next(&cmdline, &arg)) {
        require(++count <= size && arg.column > before && arg.column <= size);
        before = arg.column;
        inside(arg.key, text, size);
        if (arg.value.at)
            inside(arg.value, text, size);
        cmdline_key_is(arg.key, "usermount.mount");
    }
    require(!cmdline_next(&cmdline, &arg));
    return 0;
}
