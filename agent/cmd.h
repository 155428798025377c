/* SPDX-License-Identifier: MIT */
/*
 * cmd: the verbs. Each takes the parsed command line and returns the program's exit code.
 */
#ifndef USERMOUNT_CMD_H
#define USERMOUNT_CMD_H

#include <stdbool.h>

/* The exit codes, as in usermount(8); the service and people's scripts rely on them. */
enum exit_code {
    EXIT_YES = 0,
    EXIT_NO = 1, /* not mounted; the wait ran out */
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

/* "usermount: unable to VERB OBJECT: reason" on standard error, without a reason where `error` is 0; returns
 * EXIT_SYSTEM. Bytes that a terminal would obey are escaped, here and in cmd_usage(). */
int cmd_refused(const char *what, const char *object, int error);

/* "usermount: unable to read the command line: PROBLEM WORD; see usermount --help"; returns EXIT_USAGE. */
int cmd_usage(const char *problem, const char *word);

#endif
