/* SPDX-License-Identifier: MIT */
#include "links_act.h"

#include "../engine/engine_time.h"
#include "../probe/socket.h"
#include "actor.h"
#include "mountstats.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

void links_init(struct links *links, const struct config *config, const struct links_calls *calls, int run_dir) {
    links->config = config;
    links->calls = *calls;
    links->run_dir = run_dir;
    for (uint32_t i = 0; i < config->mount_count; i++) {
        struct links_one *one = &links->ones[i];
        *one = (struct links_one){.index = i, .stream = -1, .forgot_ms = -LINK_AGAIN_MS};
        link_init(&one->link);
        children_init(&one->children);
    }
}

void links_want(struct links *links, uint32_t mount, const char *address, int64_t now_ms) {
    struct links_one *one = &links->ones[mount];

    if (links->config->events == EVENTS_OFF || strlen(address) >= sizeof one->address ||
        (one->link.state != LINK_OFF && strcmp(one->address, address) == 0))
        return;
    links_feed(links, one, LINK_STOP, now_ms); /* a stream from another server */
    memcpy(one->address, address, strlen(address) + 1);
    links_feed(links, one, LINK_START, now_ms);
}

void links_mount(struct links *links, uint32_t mount, struct links_mounted now, int64_t now_ms) {
    struct links_one *one = &links->ones[mount];
    bool changed = one->up != now.up;

    one->up = now.up;
    one->coherent = now.coherent;
    if (changed && !now.up && one->children.actor > 0) /* the actor holds the mount, or hangs in it */
        links_fail(links, one, "the mount is not up", -EIO, now_ms);
    if (changed && now.up && (one->was_up || !now.fresh)) /* nobody acted on the edits meanwhile */
        links_forget(links, one, now_ms);
    one->was_up |= now.up;
    links_start_actor(links, one, now_ms);
}

bool links_live(const struct links *links, uint32_t mount) {
    return link_is_live(&links->ones[mount].link);
}

bool links_open(const struct links *links, uint32_t mount) {
    return link_is_open(&links->ones[mount].link);
}

bool links_heard(const struct links *links, uint32_t mount) {
    enum link_state state = links->ones[mount].link.state;

    return state == LINK_GREETING || state == LINK_FORGETTING;
}

int64_t links_lost_ms(const struct links *links, uint32_t mount) {
    return links->ones[mount].link.lost_ms;
}

/* A coherent mount without a stream is refreshed for as long as it is used. */
static bool needs_refreshes(const struct links_one *one) {
    return one->up && one->coherent && one->link.forget_ms >= 0;
}

/* Whether the mount has been used since the last call. An unused cache may be old. */
static bool is_used(struct links *links, struct links_one *one) {
    struct mountstats stats = {.ours = false};

    mountstats_read(&stats, links->config->mounts[one->index].target);
    bool used = !stats.found || stats.uses != one->used;
    one->used = stats.uses;
    return used;
}

/* A refresh is a use too, and no reason for the next one. Mounts of one server often share their counters; therefore
 * the last of several refreshes drops the uses of all. */
static void drop_uses(struct links *links) {
    for (uint32_t i = 0; i < links->config->mount_count; i++)
        if (links->ones[i].forgetting)
            return;
    for (uint32_t i = 0; i < links->config->mount_count; i++)
        if (needs_refreshes(&links->ones[i]))
            is_used(links, &links->ones[i]);
}

void links_forgotten(struct links *links, uint32_t mount, bool done, int64_t now_ms) {
    struct links_one *one = &links->ones[mount];
    char answer = done ? ACTOR_FORGOTTEN : ACTOR_KEPT;

    one->forgetting = false;
    drop_uses(links);
    if (one->again) {
        links_forget(links, one, now_ms);
        return;
    }
    if (one->actor_asked)
        send(one->children.asks, &answer, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    one->actor_asked = false;
    if (one->link.state == LINK_FORGETTING)
        links_feed(links, one, done ? LINK_FORGOTTEN : LINK_FAILED, now_ms);
    links_start_actor(links, one, now_ms);
}

int links_folders(const struct links *links, uint32_t mount, pid_t *reader) {
    *reader = links->ones[mount].children.reader;
    return *reader > 0 ? links->ones[mount].children.words : -1;
}

uint32_t links_poll(const struct links *links, struct pollfd *fds) {
    uint32_t count = 0;

    for (uint32_t i = 0; i < links->config->mount_count; i++) {
        const struct links_one *one = &links->ones[i];
        if (one->stream >= 0)
            fds[count++] = (struct pollfd){.fd = one->stream, .events = POLLOUT};
        if (one->children.words >= 0)
            fds[count++] = (struct pollfd){.fd = one->children.words, .events = POLLIN};
        if (one->children.asks >= 0)
            fds[count++] = (struct pollfd){.fd = one->children.asks, .events = POLLIN};
    }
    return count;
}

static void connected(struct links *links, struct links_one *one, int64_t now_ms) {
    int error = probe_socket_error(one->stream);

    if (error)
        links_fail(links, one, "unable to connect", error, now_ms);
    else
        links_feed(links, one, LINK_CONNECTED, now_ms);
}

static void hear_reader(struct links *links, struct links_one *one, int64_t now_ms) {
    struct reader_word word;
    ssize_t n = recv(one->children.words, &word, sizeof word, MSG_DONTWAIT);

    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0 || !reader_word_check(&word, (size_t)n)) {
        links_fail(links, one, "the reader has ended", -EPIPE, now_ms);
        return;
    }
    if (word.kind == READER_WATCHED) {
        links_feed(links, one, LINK_WATCHED, now_ms);
    } else if (word.kind == READER_HEARD) {
        links_forget(links, one, now_ms);
    } else {
        memcpy(one->reason, word.text, sizeof one->reason);
        if (word.kind == READER_REFUSED && !one->told && !one->refused) {
            links_tell(links, one, "edits-refused", "cannot be used");
            one->refused = true;
        }
        links_feed(links, one, LINK_ENDED, now_ms);
    }
}

static void hear_actor(struct links *links, struct links_one *one, int64_t now_ms) {
    char byte;
    ssize_t n = recv(one->children.asks, &byte, 1, MSG_DONTWAIT);

    if (n < 0 && errno == EAGAIN)
        return;
    if (n == 1 && byte == ACTOR_FORGET) {
        one->actor_asked = true;
        links_forget(links, one, now_ms);
    } else {
        children_end_actor(&one->children); /* links_ended() follows and gets the reason */
    }
}

void links_ready(struct links *links, const struct pollfd *fd, int64_t now_ms) {
    for (uint32_t i = 0; fd->revents && i < links->config->mount_count; i++) {
        struct links_one *one = &links->ones[i];
        if (one->stream == fd->fd)
            connected(links, one, now_ms);
        else if (one->children.words == fd->fd)
            hear_reader(links, one, now_ms);
        else if (one->children.asks == fd->fd)
            hear_actor(links, one, now_ms);
    }
}

/* Ends the stream, whose process ended with `status` and no last word. */
static void tell_end(struct links *links, struct links_one *one, int status, int64_t now_ms) {
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        links_fail(links, one, "a call in the mount hangs", -ETIMEDOUT, now_ms);
    else
        links_fail(links, one, "a process of the stream has ended", -EPIPE, now_ms);
}

bool links_ended(struct links *links, uint32_t mount, pid_t pid, int status, int64_t now_ms) {
    struct links_one *one = &links->ones[mount];
    bool reader = one->children.reader == pid;

    if (!children_ended(&one->children, pid))
        return false;
    for (int i = 0; reader && one->children.words >= 0 && i < READER_KINDS; i++) /* its last word has the reason */
        hear_reader(links, one, now_ms);
    if (one->link.state != LINK_AWAY)
        tell_end(links, one, status, now_ms);
    return true;
}

/* All at one time, for drop_uses(). */
static void refresh_all(struct links *links, int64_t now_ms) {
    for (uint32_t i = 0; i < links->config->mount_count; i++) {
        struct links_one *one = &links->ones[i];
        if (!needs_refreshes(one))
            continue;
        one->link.forget_ms = now_ms + LINK_PLAIN_MS;
        if (is_used(links, one))
            links_forget(links, one, now_ms);
    }
}

void links_tick(struct links *links, int64_t now_ms) {
    bool due = false;

    for (uint32_t i = 0; i < links->config->mount_count; i++) {
        struct links_one *one = &links->ones[i];
        if (one->link.due_ms >= 0 && one->link.due_ms <= now_ms) {
            one->link.due_ms = -1;
            links_feed(links, one, LINK_TIMER, now_ms);
        }
        due |= needs_refreshes(one) && one->link.forget_ms <= now_ms;
        if (links_again_ms(one) >= 0 && links_again_ms(one) <= now_ms)
            links_forget(links, one, now_ms);
    }
    if (due)
        refresh_all(links, now_ms);
}

int64_t links_due_ms(const struct links *links) {
    int64_t due_ms = -1;

    for (uint32_t i = 0; i < links->config->mount_count; i++) {
        const struct links_one *one = &links->ones[i];
        due_ms = time_earlier(due_ms, one->link.due_ms);
        if (needs_refreshes(one))
            due_ms = time_earlier(due_ms, one->link.forget_ms);
        due_ms = time_earlier(due_ms, links_again_ms(one));
    }
    return due_ms;
}

void links_stop(struct links *links, int64_t now_ms) {
    for (uint32_t i = 0; i < links->config->mount_count; i++)
        links_feed(links, &links->ones[i], LINK_STOP, now_ms);
}
