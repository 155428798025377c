/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "process.h"

#include "../common/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define AFTER_NAME 20 /* starttime is the 22nd field, the name the 2nd */

/* The name may hold spaces and parentheses. The fields are therefore counted from its end. */
static uint64_t read_started(const char *stat) {
    const char *end = strrchr(stat, ')');
    uint64_t ticks;

    if (!end || end[1] != ' ')
        return 0;
    struct text rest = text_of(end + 2), field = text_of("");
    for (int i = 0; i < AFTER_NAME; i++)
        field = text_cut(&rest, ' ');
    return text_u64(field, UINT64_MAX, &ticks) ? ticks : 0;
}

uint64_t process_started(pid_t pid) {
    char path[32], stat[1024];

    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, stat, sizeof stat - 1);
    close(fd);
    stat[n > 0 ? n : 0] = '\0';
    return read_started(stat);
}
