/* SPDX-License-Identifier: MIT */
/* client: finds the running daemon, reads its state and waits for its mounts, for the verbs. Edge. */
#ifndef USERMOUNT_CLIENT_H
#define USERMOUNT_CLIENT_H

#include "cmd.h"
#include "engine/status.h"

#include <sys/types.h>

/* Opens the run directory of a running daemon and returns its descriptor, which the caller owns. Otherwise it prints a
 * message, stores the exit code in *code and returns -1. */
int client_open(const struct cmd_line *line, pid_t *daemon, int *code);

/* How many mounts the daemon has; 0: it has not published any yet. */
uint32_t client_mounts(int dir);

/* Whether there are mounts, and all are up. */
bool client_all_up(int dir);

/* Waits until all mounts are up, at most `wait_ms`; -1: no limit. EXIT_YES; EXIT_NO: the time is over;
 * EXIT_NOT_RUNNING: the daemon ended; EXIT_SYSTEM after a message. */
int client_wait(int dir, const char *run_dir, int64_t wait_ms);

/* Appends one line for people: "/Users is mounted from 192.168.65.1:/Users", or the cause and what to do. */
void client_say(const struct status *status, struct text_out *out);

#endif
