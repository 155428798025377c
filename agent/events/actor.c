/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "actor.h"

#include "../system/clock.h"
#include "view.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

enum {
    ANSWER_MS = 5000,      /* for the scanner and the daemon */
    SCAN_SHARE = 10,       /* scans take at most one part in so many of the time, */
    SCAN_PAUSE_US = 200000 /* and a note waits no longer than this for its scan */
};

/* Ask by one byte; the byte of the answer, 0 when there is none in time. */
static char ask(int fd, char question) {
    struct pollfd answer = {.fd = fd, .events = POLLIN};
    char byte = 0;

    if (send(fd, &question, 1, MSG_NOSIGNAL) != 1 || poll(&answer, 1, ANSWER_MS) != 1 || recv(fd, &byte, 1, 0) != 1)
        return 0;
    return byte;
}

static bool forget(void *ctx) {
    const struct actor *actor = ctx;

    return ask(actor->daemon, ACTOR_FORGET) == ACTOR_FORGOTTEN;
}

/* The table is good for a note that came before its scan began. A scan costs time that grows with the processes there
 * are, so the next one waits; the note waits with it, as a watcher that began meanwhile must not be missed. */
static void scan(struct actor *actor, const struct note *note) {
    int64_t pause_us = actor->scan_took_us * SCAN_SHARE;

    if (actor->scanner < 0 || note->came_us < actor->scanned_us)
        return;
    pause_us = pause_us > SCAN_PAUSE_US ? SCAN_PAUSE_US : pause_us;
    int64_t wait_us = actor->scanned_us + pause_us - clock_us();
    if (actor->scanned_us > 0 && wait_us > 0)
        nanosleep(&(struct timespec){.tv_nsec = wait_us * 1000}, NULL);
    actor->scanned_us = clock_us();
    if (ask(actor->scanner, ACTOR_SCAN) == 0)
        actor->watches->overflowed = true; /* nothing is known: everything counts as watched */
    actor->scan_took_us = clock_us() - actor->scanned_us;
}

static void take_note(struct actor *actor) {
    static struct note note;
    struct view_line line = {.note = &note};
    ssize_t n = recv(actor->notes, &note, sizeof note, 0);

    if (n <= 0 || !note_read(&note, (size_t)n)) {
        actor->ended = n <= 0;
        return;
    }
    scan(actor, &note);
    line.did = edit_apply(&actor->scene, &note, &line.error);
    view_tell(actor->viewers, actor->target, &line);
}

int actor_open(struct actor *actor) {
    int error = walk_open(&actor->scene.mount, actor->target);

    actor->scene.watches = actor->watches;
    actor->scene.forget = forget;
    actor->scene.ctx = actor;
    return error ? error : own_open(&actor->scene.own, &actor->scene.mount);
}

void actor_run(struct actor *actor) {
    enum { NOTES, OWN, VIEWERS, FDS };
    struct pollfd fds[FDS] = {
        [NOTES] = {.fd = actor->notes, .events = POLLIN},
        [OWN] = {.fd = actor->scene.own.inotify, .events = POLLIN},
        [VIEWERS] = {.fd = actor->viewers, .events = POLLIN},
    };

    while (!actor->ended && (poll(fds, FDS, -1) > 0 || errno == EINTR)) {
        if (fds[OWN].revents)
            own_drain(&actor->scene.own, clock_us());
        if (fds[VIEWERS].revents)
            view_accept(actor->viewers);
        if (fds[NOTES].revents)
            take_note(actor);
    }
}
