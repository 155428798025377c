/* SPDX-License-Identifier: MIT */
#include "holder.h"

#include "../program.h"

#include <stdio.h>

#define LIMIT_S 5

/* Each line is a letter and a value: p the process, c its command, with \x escapes for what is not printable. */
bool holder_read(struct text said, struct text_out *out) {
    struct text process = {0}, command = {0};

    while (said.at && !(process.len && command.len)) {
        struct text line = text_cut(&said, '\n');

        if (line.len > 1 && line.at[0] == 'p')
            process = (struct text){line.at + 1, line.len - 1};
        if (line.len > 1 && line.at[0] == 'c')
            command = (struct text){line.at + 1, line.len - 1};
    }
    if (!process.len || !command.len)
        return false;
    text_put_text(out, command);
    text_put(out, " (process ");
    text_put_text(out, process);
    text_put(out, ")");
    return true;
}

bool holder_find(unsigned port, struct text_out *out) {
    static const char *const programs[] = {"/usr/sbin/lsof", "/usr/bin/lsof"};
    static struct program_answer answer;
    char which[32];

    snprintf(which, sizeof which, "-iTCP@127.0.0.1:%u", port);
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        const char *const words[] = {programs[i], "-nP", which, "-sTCP:LISTEN", "-Fpc", NULL};

        if (program_run(words, LIMIT_S, &answer) == 0)
            return holder_read(text_of(answer.output), out);
    }
    return false;
}
