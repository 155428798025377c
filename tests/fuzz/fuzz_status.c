/* SPDX-License-Identifier: MIT */
/* A status record from any bytes; one that was read must be the same after being written and read again. */
#include "../../agent/engine/status.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct status status, again;
    static char line[STATUS_LINE_SIZE * 4], line_again[STATUS_LINE_SIZE * 4];
    struct text_out out = text_out(line, sizeof line), out_again = text_out(line_again, sizeof line_again);

    if (!status_read((struct text){(const char *)data, size}, &status))
        return 0;
    status_write(&status, &out);
    if (out.cut || !status_read((struct text){line, out.len - 1}, &again))
        abort();
    status_write(&again, &out_again);
    if (strcmp(line, line_again) != 0)
        abort();
    return 0;
}
