/* SPDX-License-Identifier: MIT */
/*
 * A program that watches files with inotify, as build tools do: `watcher MASK PATH...` prints a line for each event,
 * "MICROSECONDS MASK PATH NAME", and for a path with content "READ" and its first bytes behind it, as who is woken reads.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void) {
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

int main(int argc, char **argv) {
    static _Alignas(struct inotify_event) char buffer[65536];
    int fd = inotify_init1(IN_CLOEXEC);
    unsigned long mask = argc > 2 ? strtoul(argv[1], NULL, 16) : 0;

    if (fd < 0 || mask == 0)
        return 2;
    for (int i = 2; i < argc; i++) {
        if (inotify_add_watch(fd, argv[i], (uint32_t)mask) < 0) {
            perror(argv[i]);
            return 1;
        }
    }
    printf("%lld 0 ready\n", now_us());
    fflush(stdout);
    for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0;) {
        for (ssize_t at = 0; at < n;) {
            const struct inotify_event *event = (const struct inotify_event *)(buffer + at);
            printf("%lld %x %s %s\n", now_us(), event->mask, argv[event->wd + 1], event->len ? event->name : "");
            at += (ssize_t)(sizeof *event + event->len);
        }
        fflush(stdout);
    }
    return 1;
}
