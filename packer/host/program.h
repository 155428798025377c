/* SPDX-License-Identifier: MIT */
/*
 * program: another program, run and heard out. Edge.
 */
#ifndef PACKER_PROGRAM_H
#define PACKER_PROGRAM_H

#include <stddef.h>

#define PROGRAM_OUTPUT_BYTES 16384u

struct program_answer {
    int status;                        /* its exit code; 128 and the signal's number when one ended it */
    char output[PROGRAM_OUTPUT_BYTES]; /* of both its outputs, cut, with a NUL */
};

/*
 * Runs the file argv[0] (no PATH is searched) with standard input empty, for `limit_s` seconds at most. 0 or -errno:
 * -ENOENT and -EACCES when it cannot be run, -ETIMEDOUT when it was killed.
 */
int program_run(const char *const argv[], int limit_s, struct program_answer *answer);

#endif
