/* SPDX-License-Identifier: MIT */
/*
 * program: runs another program and collects its output. Edge.
 */
#ifndef PACKER_PROGRAM_H
#define PACKER_PROGRAM_H

#include <stddef.h>

#define PROGRAM_OUTPUT_BYTES 16384u

struct program_answer {
    int status;                        /* the exit code, or 128 plus the number of the signal that ended it */
    char output[PROGRAM_OUTPUT_BYTES]; /* standard output and standard error, truncated, with a NUL */
};

/*
 * Runs argv[0] with standard input from /dev/null and waits up to `limit_s` seconds. argv ends with NULL; PATH is not
 * searched. Returns 0 once the program has ended, whatever its status, or -errno: that of execv(2) if it cannot run,
 * -ETIMEDOUT if the time was over and the program was killed.
 */
int program_run(const char *const argv[], int limit_s, struct program_answer *answer);

#endif
