/* SPDX-License-Identifier: MIT */
#include "client.h"
#include "cmd.h"

#define WAIT_MAX_MS (24u * 3600 * 1000)

int cmd_wait(const struct cmd_line *line) {
    uint64_t wait_ms = 0;
    pid_t daemon;
    int code;

    if (line->operand && !text_seconds(text_of(line->operand), WAIT_MAX_MS, &wait_ms))
        return cmd_usage("not a number of seconds up to 86400:", line->operand);
    int dir = client_open(line, &daemon, &code);
    if (dir < 0)
        return code;
    return client_wait(dir, line->run_dir, line->operand ? (int64_t)wait_ms : -1);
}
