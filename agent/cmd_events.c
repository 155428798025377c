/* SPDX-License-Identifier: MIT */
/* usermount events: shows each edit that the Mac reports, and what the agent did with it. */
#define _GNU_SOURCE
#include "client.h"
#include "system/clock.h"
#include "cmd.h"
#include "events/view.h"
#include "engine/logfmt.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOK_AGAIN_MS 500 /* for the actor of a mount that has none */

/* What a line contains. */
struct seen {
    char where[2 * VIEW_LINE_BYTES]; /* the mount and the path in it */
    char did[16];
    uint64_t took_us;
};

static void read_line(struct text line, struct seen *seen) {
    static char value[VIEW_LINE_BYTES];
    struct text_out where = text_out(seen->where, sizeof seen->where);
    struct text key;

    while (logfmt_next(&line, &key, value, sizeof value)) {
        if (text_is(key, "mount") || (text_is(key, "path") && value[0])) {
            if (where.len > 0 && seen->where[where.len - 1] != '/')
                text_put_char(&where, '/');
            text_put_visible(&where, value);
        } else if (text_is(key, "did")) {
            text_copy(text_of(value), seen->did, sizeof seen->did);
        } else if (text_is(key, "took_us")) {
            text_u64(text_of(value), UINT64_MAX, &seen->took_us);
        }
    }
}

/* "18:04:05.123  raised     /Users/me/index.php  31.2 ms" */
static void say_line(struct text line) {
    static struct seen seen;
    char now[64];
    struct text_out out = text_out(now, sizeof now);

    seen = (struct seen){.took_us = 0};
    read_line(line, &seen);
    logfmt_put_time(&out, "ts", clock_now().real_ms); /* ts=2026-01-31T18:04:05.123Z */
    printf("%.12s  %-9s  %s  %llu.%llu ms\n", now + sizeof "ts=2026-01-31", seen.did, seen.where,
           (unsigned long long)seen.took_us / 1000, (unsigned long long)seen.took_us % 1000 / 100);
}

/* Prints one line. False: the stream ended, or standard output failed. */
static bool show(int fd, bool porcelain) {
    static char line[VIEW_LINE_BYTES];
    ssize_t n = recv(fd, line, sizeof line - 1, 0);

    if (n <= 0)
        return n < 0 && errno == EINTR;
    line[n] = '\0';
    if (porcelain)
        puts(line);
    else
        say_line((struct text){line, (size_t)n});
    return fflush(stdout) == 0;
}

/* Connects to each mount that has an actor and is not connected. Returns how many are connected, or -errno. */
static int connect_all(int dir, struct pollfd fds[CONFIG_MOUNTS_MAX], uint32_t mounts) {
    int count = 0;

    for (uint32_t i = 0; i < mounts; i++) {
        if (fds[i].fd < 0)
            fds[i] = (struct pollfd){.fd = view_connect(dir, i), .events = POLLIN};
        if (fds[i].fd >= 0)
            count++;
        else if (fds[i].fd != -ENOENT && fds[i].fd != -ECONNREFUSED)
            return fds[i].fd;
    }
    return count;
}

int cmd_events(const struct cmd_line *line) {
    struct pollfd fds[CONFIG_MOUNTS_MAX];
    pid_t daemon;
    int count, code, dir = client_open(line, &daemon, &code);

    if (dir < 0)
        return code;
    uint32_t mounts = client_mounts(dir);
    mounts = mounts < CONFIG_MOUNTS_MAX ? mounts : CONFIG_MOUNTS_MAX;
    for (uint32_t i = 0; i < mounts; i++)
        fds[i].fd = -1;
    /* An actor that ends comes back with the Mac's watcher. Without any actor there is nothing to wait for. */
    while ((count = connect_all(dir, fds, mounts)) > 0) {
        if (poll(fds, mounts, (uint32_t)count < mounts ? LOOK_AGAIN_MS : -1) < 0 && errno != EINTR)
            return cmd_refused("wait for", "edits", errno);
        for (uint32_t i = 0; i < mounts; i++) {
            if (fds[i].fd < 0 || !fds[i].revents || show(fds[i].fd, line->porcelain))
                continue;
            close(fds[i].fd);
            fds[i].fd = -1;
        }
    }
    if (count < 0)
        return cmd_refused("see", "the edits", -count);
    fprintf(stderr, "usermount: unable to see edits: the Mac reports none; run usermount-pack doctor there\n");
    return EXIT_NO;
}
