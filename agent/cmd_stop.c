/* SPDX-License-Identifier: MIT */
#include "client.h"
#include "cmd.h"
#include "daemon/rundir.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Longer than the daemon's own deadlines for unmounting and detaching together. */
#define STOP_S 15

int cmd_stop(const struct cmd_line *line) {
    pid_t daemon;
    int code, dir = client_open(line, &daemon, &code);

    if (dir < 0)
        return code == EXIT_NOT_RUNNING ? EXIT_YES : code; /* already stopped */
    if (kill(daemon, SIGTERM) != 0)
        return cmd_refused("stop", "the daemon", errno);
    int error = rundir_wait_free(dir, STOP_S);
    if (error != 0)
        return cmd_refused("stop", "the daemon within 15 seconds", -error);
    return EXIT_YES;
}

int cmd_retry(const struct cmd_line *line) {
    pid_t daemon;
    int code, dir = client_open(line, &daemon, &code);

    if (dir < 0)
        return code;
    if (kill(daemon, SIGUSR1) != 0)
        return cmd_refused("signal", "the daemon", errno);
    return EXIT_YES;
}
