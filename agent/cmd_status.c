/* SPDX-License-Identifier: MIT */
#include "client.h"
#include "system/clock.h"
#include "cmd.h"
#include "daemon/rundir.h"

#include <stdio.h>
#include <string.h>

#define TERMINAL_COLUMNS 80

/* "3s", "5m", "2h", "4d": in the largest unit that fits, rounded down. */
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

enum column { TARGET, STATE, VERDICT, SINCE, TRIES, SOURCE, COLUMN_COUNT };

static const char *const heads[COLUMN_COUNT] = {"TARGET", "STATE", "VERDICT", "SINCE", "TRIES", "SOURCE"};

static void put_cell(const struct status *status, enum column column, struct text_out *out) {
    switch (column) {
    case TARGET:
        text_put_visible(out, status->target);
        break;
    case STATE:
        text_put(out, status->state);
        break;
    case VERDICT:
        text_put(out, verdict_name(status->verdict.code));
        break;
    case SINCE:
        put_age(clock_now().boot_ms - status->since_boot_ms, out);
        break;
    case TRIES:
        text_putf(out, "%u", status->attempts);
        break;
    case SOURCE:
        text_put_visible(out, status->source);
        break;
    case COLUMN_COUNT:
        break;
    }
}

/* Columns on a terminal, one for each UTF-8 character. */
static size_t width_of(const char *text) {
    size_t width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void widen(const struct status *status, size_t widths[COLUMN_COUNT]) {
    for (enum column column = 0; column < COLUMN_COUNT; column++) {
        char text[STATUS_LINE_SIZE];
        struct text_out out = text_out(text, sizeof text);
        put_cell(status, column, &out);
        if (width_of(text) > widths[column])
            widths[column] = width_of(text);
    }
}

/* Prints a row; without a status, the heads. The last column is not padded. */
static void say_row(const struct status *status, const size_t widths[COLUMN_COUNT]) {
    for (enum column column = 0; column < COLUMN_COUNT; column++) {
        char text[STATUS_LINE_SIZE];
        struct text_out out = text_out(text, sizeof text);
        if (status)
            put_cell(status, column, &out);
        else
            text_put(&out, heads[column]);
        size_t pad = column + 1 < COLUMN_COUNT ? widths[column] + 2 - width_of(text) : 0;
        printf("%s%*s", text, (int)pad, "");
    }
    putchar('\n');
}

/* Prints the sentence indented, and breaks it between words at the terminal's usual 80 columns. */
static void say_wrapped(const char *sentence) {
    struct text rest = text_of(sentence);
    size_t column = 0;

    while (rest.at) {
        struct text word = text_cut(&rest, ' ');
        if (column && column + 1 + word.len > TERMINAL_COLUMNS) {
            putchar('\n');
            column = 0;
        }
        column += (size_t)printf("%s%.*s", column ? " " : "  ", (int)word.len, word.at);
    }
    putchar('\n');
}

/* Prints, below a row, why the mount is not up and what to do. The latter is one line: it contains commands to copy. */
static void say_why(const struct status *status) {
    char text[STATUS_LINE_SIZE];
    struct text_out out = text_out(text, sizeof text);

    text_put_visible(&out, status->verdict.cause);
    say_wrapped(text);
    if (!status->verdict.fix[0])
        return;
    out = text_out(text, sizeof text);
    text_put_visible(&out, status->verdict.fix);
    printf("  to do: %s\n", text);
}

static void say_behind(const struct status *status) {
    char text[160];
    struct text_out out = text_out(text, sizeof text);

    text_putf(&out,
              "%u mount%s in running containers still show%s the old content: the log (event=behind) names each, with "
              "the reason",
              status->behind, status->behind == 1 ? "" : "s", status->behind == 1 ? "s" : "");
    say_wrapped(text);
}

static void say_cache(const struct status *status) {
    char text[128];
    struct text_out out = text_out(text, sizeof text);

    status_cache_text(status, clock_now().boot_ms, &out);
    if (text[0])
        printf("  cache: %s\n", text);
}

static void say_table(int dir, uint32_t mounts) {
    static struct status status;
    size_t widths[COLUMN_COUNT];

    for (enum column column = 0; column < COLUMN_COUNT; column++)
        widths[column] = width_of(heads[column]);
    for (uint32_t i = 0; i < mounts; i++)
        if (rundir_read_mount(dir, i, &status))
            widen(&status, widths);
    say_row(NULL, widths);
    for (uint32_t i = 0; i < mounts; i++) {
        if (!rundir_read_mount(dir, i, &status))
            continue;
        widen(&status, widths); /* it may have changed since it was measured */
        say_row(&status, widths);
        say_cache(&status);
        if (strcmp(status.state, "up") != 0 || status.verdict.fix[0])
            say_why(&status);
        if (status.behind > 0)
            say_behind(&status);
    }
}

static void say_porcelain(int dir, uint32_t mounts) {
    static struct status status;
    char text[STATUS_LINE_SIZE];

    for (uint32_t i = 0; i < mounts; i++) {
        struct text_out out = text_out(text, sizeof text);
        if (!rundir_read_mount(dir, i, &status))
            continue;
        status_set_since(&status, clock_now());
        status_write(&status, &out);
        fputs(text, stdout);
    }
}

int cmd_status(const struct cmd_line *line) {
    pid_t daemon;
    int code, dir = client_open(line, &daemon, &code);

    if (dir < 0)
        return code;
    (line->porcelain ? say_porcelain : say_table)(dir, client_mounts(dir));
    return client_all_up(dir) ? EXIT_YES : EXIT_NO;
}
