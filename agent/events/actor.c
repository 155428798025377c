/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "actor.h"

#include "../system/clock.h"
#include "view.h"

#include <errno.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    ANSWER_MS = 5000,       /* for the scanner and the daemon */
    SCAN_SHARE = 10,        /* the pause after a scan is so many times its length, */
    SCAN_PAUSE_US = 200000, /* and at most this */
    NOTES_AT_ONCE = 32      /* then a folder's first note, which waits, has its turn */
};

/* Sends a byte and returns the byte of the answer; 0: no answer in time. An answer that comes later than that is not
 * the next question's. */
static char ask(int fd, char question) {
    struct pollfd answer = {.fd = fd, .events = POLLIN};
    char byte = 0;

    while (recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
        continue;
    if (send(fd, &question, 1, MSG_NOSIGNAL) != 1 || poll(&answer, 1, ANSWER_MS) != 1 || recv(fd, &byte, 1, 0) != 1)
        return 0;
    return byte;
}

static bool forget(void *ctx) {
    const struct actor *actor = ctx;

    return ask(actor->daemon, ACTOR_FORGET) == ACTOR_FORGOTTEN;
}

/* How long the note must wait for its scan; 0: it needs none, or may scan now. The table covers notes that came before
 * its scan began. A scan takes longer the more processes there are, and the next one pauses first. The note waits for
 * it, since a new watcher must not be missed. */
static int64_t scan_wait_us(const struct actor *actor, const struct note *note) {
    int64_t pause_us = actor->scan_took_us * SCAN_SHARE;

    if (actor->scanner < 0 || note->came_us < actor->scanned_us || actor->scanned_us == 0)
        return 0;
    pause_us = pause_us > SCAN_PAUSE_US ? SCAN_PAUSE_US : pause_us;
    int64_t wait_us = actor->scanned_us + pause_us - clock_us();
    return wait_us > 0 ? wait_us : 0;
}

static void scan(struct actor *actor, const struct note *note) {
    if (actor->scanner < 0 || note->came_us < actor->scanned_us)
        return;
    int64_t wait_us = scan_wait_us(actor, note);
    if (wait_us > 0)
        nanosleep(&(struct timespec){.tv_nsec = wait_us * 1000}, NULL);
    actor->scanned_us = clock_us();
    if (ask(actor->scanner, ACTOR_SCAN) == 0)
        actor->watches->overflowed = true; /* everything counts as watched */
    actor->scan_took_us = clock_us() - actor->scanned_us;
}

static bool is_listed(const struct note *note) {
    return (note->flags & (STREAM_IS_BELOW | STREAM_IS_LISTED)) == STREAM_IS_LISTED;
}

static void act(struct actor *actor, const struct note *note) {
    struct view_line line = {.note = note};

    if (is_listed(note) || !(note->flags & STREAM_IS_LISTED)) /* the head of a list wakes no watcher */
        scan(actor, note);
    line.did = edit_apply(&actor->scene, note, &line.error);
    view_tell(actor->viewers, actor->target, &line);
}

/* False: no note is left, or acting on this one took its time. */
static bool take_note(struct actor *actor) {
    static struct note note;
    ssize_t n = recv(actor->notes, &note, sizeof note, MSG_DONTWAIT);

    if (n < 0 && errno == EAGAIN)
        return false;
    if (n <= 0 || !note_read(&note, (size_t)n)) {
        actor->ended = n <= 0;
        return false;
    }
    bool may_wait = is_listed(&note) || (edit_is_fresh(&actor->scene, &note) && !actor->scene.is_coarse);
    if (may_wait && later_put(&actor->later, &note))
        return true;
    act(actor, &note);
    return false;
}

static void take_notes(struct actor *actor) {
    for (int i = 0; i < NOTES_AT_ONCE && take_note(actor); i++)
        continue;
}

/* Acts on one of the waiting notes, or returns how long that must wait for its scan. While notes `come`, it takes only
 * first ones. After the last note, it gives the memory back. */
static int64_t take_later(struct actor *actor, bool come) {
    static struct note note;

    if (!actor->is_held && !(come ? later_take_first : later_take)(&actor->later, &note)) {
        if (!come)
            madvise(actor->later.room, sizeof *actor->later.room, MADV_DONTNEED);
        return 0;
    }
    int64_t wait_us = scan_wait_us(actor, &note);
    actor->is_held = wait_us > 0;
    if (!actor->is_held)
        act(actor, &note);
    return wait_us;
}

int actor_open(struct actor *actor) {
    int error = walk_open(&actor->scene.mount, actor->target);
    void *room =
        mmap(NULL, sizeof *actor->later.room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); /* zeros */

    if (room == MAP_FAILED)
        return -errno;
    actor->later = (struct later){.room = room};
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

    int64_t wait_us = 0;
    while (!actor->ended) {
        int ready = poll(fds, FDS, later_is_empty(&actor->later) ? -1 : (int)((wait_us + 999) / 1000));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready < 0)
            return;
        wait_us = 0;
        alarm(EDIT_DEADLINE_S); /* for a call that hangs in the mount */
        if (fds[OWN].revents)
            own_drain(&actor->scene.own, clock_us());
        if (fds[VIEWERS].revents)
            view_accept(actor->viewers);
        bool come = fds[NOTES].revents;
        if (come)
            take_notes(actor);
        else
            actor->scene.idle_us = clock_us();
        if (!later_is_empty(&actor->later))
            wait_us = take_later(actor, come);
        alarm(0);
    }
}
