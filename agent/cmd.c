/* SPDX-License-Identifier: MIT */
#include "cmd.h"

#include "common/text.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_SIZE 1024 /* a longer word is shortened */

int cmd_refused(const char *what, const char *object, int error) {
    char shown[SHOWN_SIZE];
    struct text_out out = text_out(shown, sizeof shown);

    text_put_visible(&out, object);
    fprintf(stderr, "usermount: unable to %s %s%s%s\n", what, shown, error ? ": " : "", error ? strerror(error) : "");
    return EXIT_SYSTEM;
}

int cmd_usage(const char *problem, const char *word) {
    char shown[SHOWN_SIZE];
    struct text_out out = text_out(shown, sizeof shown);

    text_put_visible(&out, word);
    fprintf(stderr, "usermount: unable to read the command line: %s %s; see usermount --help\n", problem, shown);
    return EXIT_USAGE;
}
