/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "mounttable.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Longer than any line that matters. A longer one (an overlay with very many layers) is skipped. */
#define BUFFER_SIZE 16384

int mounttable_open(void) {
    int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);

    return fd < 0 ? -errno : fd;
}

static void visit_lines(const char *text, size_t len, void (*visit)(void *ctx, const struct mountinfo *entry),
                        void *ctx) {
    static struct mountinfo entry;
    struct text rest = {text, len};

    while (mountinfo_next(&rest, &entry))
        visit(ctx, &entry);
}

bool mounttable_each(void (*visit)(void *ctx, const struct mountinfo *entry), void *ctx) {
    static char buffer[BUFFER_SIZE];
    size_t filled = 0;
    ssize_t n;
    int fd = mounttable_open();

    if (fd < 0)
        return false;
    while ((n = read(fd, buffer + filled, sizeof buffer - filled)) > 0) {
        filled += (size_t)n;
        const char *end = memrchr(buffer, '\n', filled);
        size_t whole = end ? (size_t)(end + 1 - buffer) : 0;
        visit_lines(buffer, whole, visit, ctx);
        if (whole == 0 && filled == sizeof buffer)
            whole = filled;
        filled -= whole;
        memmove(buffer, buffer + whole, filled);
    }
    close(fd);
    return n == 0;
}
