/* SPDX-License-Identifier: MIT */
/*
 * cmd: the verbs. Each takes the parsed command line and returns the program's exit code.
 */
#ifndef USERMOUNT_CMD_H
#define USERMOUNT_CMD_H

#include <stdbool.h>

/* The exit codes of usermount(8). Scripts rely on them. */
enum exit_code {
    EXIT_YES = 0,
    EXIT_NO = 1, /* not mounted, or the wait is over */
    EXIT_USAGE = 2,
    EXIT_NOT_RUNNING = 3,
    EXIT_BAD_CONFIG = 4,
    EXIT_SYSTEM = 5
};

struct cmd_line {
    const char *config;
    const char *cmdline;
    const char *log;
    const char *run_dir;
    bool porcelain;
    const char *operand; /* NULL: none */
};

int cmd_start(const struct cmd_line *line);
int cmd_run(const struct cmd_line *line);
int cmd_stop(const struct cmd_line *line);
int cmd_status(const struct cmd_line *line);
int cmd_wait(const struct cmd_line *line);
int cmd_retry(const struct cmd_line *line);
int cmd_probe(const struct cmd_line *line);
int cmd_config(const struct cmd_line *line);
int cmd_events(const struct cmd_line *line);

/* Both print to standard error and escape control bytes. */

/* "usermount: unable to WHAT OBJECT: reason", without a reason if `error`, an errno, is 0. Returns EXIT_SYSTEM. */
int cmd_refused(const char *what, const char *object, int error);

/* "usermount: unable to read the command line: PROBLEM WORD; see usermount --help". Returns EXIT_USAGE. */
int cmd_usage(const char *problem, const char *word);

#endif
