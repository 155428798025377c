/* SPDX-License-Identifier: MIT */
#include "client.h"
#include "clock.h"
#include "cmd.h"
#include "rundir.h"

#include <stdio.h>
#include <string.h>

/* "3s", "5m", "2h", "4d": how long ago, in the largest whole unit. */
static void put_age(int64_t age_ms, struct text_out *out) {
    static const struct {
        int64_t ms;
        char unit;
    } units[] = {{86400000, 'd'}, {3600000, 'h'}, {60000, 'm'}, {1000, 's'}};
    size_t i = 0;

    while (i < 3 && age_ms < units[i].ms)
        i++;
    text_putf(out, "%lld%c", (long long)(age_ms > 0 ? age_ms / units[i].ms : 0), units[i].unit);
}

static void say(const struct status *status) {
    char text[STATUS_LINE_SIZE], age[24];
    struct text_out out = text_out(text, sizeof text), since = text_out(age, sizeof age);

    put_age(clock_now().real_ms - status->since_ms, &since);
    text_put_visible(&out, status->target);
    text_putf(&out, "  %s  ", status->state);
    text_put_visible(&out, status->source);
    text_putf(&out, "  since %s  attempts %u  %s", age, status->attempts, verdict_name(status->verdict.code));
    if (status->verdict.fix[0]) {
        text_put(&out, "  ");
        text_put_visible(&out, status->verdict.cause);
        text_put(&out, "; ");
        text_put_visible(&out, status->verdict.fix);
    }
    puts(text);
}

static void print(const struct status *status, bool porcelain) {
    char text[STATUS_LINE_SIZE];
    struct text_out out = text_out(text, sizeof text);

    if (!porcelain) {
        say(status);
        return;
    }
    status_write(status, &out);
    fputs(text, stdout);
}

int cmd_status(const struct cmd_line *line) {
    static struct status status;
    pid_t daemon;
    int code, dir = client_open(line, &daemon, &code);

    if (dir < 0)
        return code;
    uint32_t mounts = client_mounts(dir);
    for (uint32_t i = 0; i < mounts; i++)
        if (rundir_read_mount(dir, i, &status))
            print(&status, line->porcelain);
    return client_all_up(dir) ? EXIT_YES : EXIT_NO;
}
