/* SPDX-License-Identifier: MIT */
/* client: what the verbs that talk to a running daemon share: finding it, reading its state, waiting for it. */
#ifndef USERMOUNT_CLIENT_H
#define USERMOUNT_CLIENT_H

#include "cmd.h"
#include "engine/status.h"

#include <sys/types.h>

/* The run directory's descriptor; -1 after a message where there is no daemon, with *code to exit with. */
int client_open(const struct cmd_line *line, pid_t *daemon, int *code);

/* How many mounts the daemon has; 0: it is not there yet. */
uint32_t client_mounts(int dir);

bool client_all_up(int dir);

/* Wait for all mounts, `wait_ms` at most (-1: for ever): for a change of the state's files, and once a second for the
 * lock, which a killed daemon gives back without a change. EXIT_YES, EXIT_NO when time ran out,
 * EXIT_NOT_RUNNING when the daemon went away. */
int client_wait(int dir, const char *run_dir, int64_t wait_ms);

/* One line for people: "/Users  mounted from 192.168.65.1:/Users" or why not and what to do. */
void client_say(const struct status *status, struct text_out *out);

#endif
