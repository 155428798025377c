/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "links_act.h"

#include "../engine/logfmt.h"
#include "../probe/socket.h"
#include "../system/log.h"
#include "actor.h"
#include "view.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void links_tell(struct links *links, struct links_one *one, const char *event, const char *end) {
    const struct config_mount *mount = &links->config->mounts[one->index];
    char line[CONFIG_PATH_SIZE + 512];
    struct text_out out = text_out(line, sizeof line);

    logfmt_put(&out, "mount", mount->target);
    logfmt_put(&out, "event", event);
    if (one->up)
        logfmt_put(&out, "cache", one->coherent ? "coherent" : "plain");
    if (end) {
        char cause[256];
        struct text_out text = text_out(cause, sizeof cause);
        text_putf(&text, "the watcher on the Mac (port %u) %s: %s", links->config->events_port, end, one->reason);
        logfmt_put(&out, "cause", cause);
        logfmt_put(&out, "fix", "run usermount-pack doctor on the Mac");
    }
    log_line(end ? LOGLEVEL_WARN : LOGLEVEL_INFO, line);
}

void links_fail(struct links *links, struct links_one *one, const char *what, int error, int64_t now_ms) {
    snprintf(one->reason, sizeof one->reason, "%s: %s", what, strerror(-error));
    links_feed(links, one, LINK_FAILED, now_ms);
}

static void call(struct links *links, struct links_one *one, int64_t now_ms) {
    one->stream = probe_socket_dial(one->address, (uint16_t)links->config->events_port);
    if (one->stream < 0)
        links_fail(links, one, "unable to connect", one->stream, now_ms);
}

static void greet(struct links *links, struct links_one *one, int64_t now_ms) {
    int stream = one->stream;

    one->stream = -1;
    int error = children_read(&one->children, stream, links->config->mounts[one->index].export);
    if (error)
        links_fail(links, one, "unable to start the reader", error, now_ms);
}

void links_forget(struct links *links, struct links_one *one, int64_t now_ms) {
    one->again = one->forgetting || now_ms - one->forgot_ms < LINK_AGAIN_MS;
    if (one->again)
        return;
    one->forgetting = true;
    one->forgot_ms = now_ms;
    links->calls.forget(links->calls.ctx, one->index);
}

int64_t links_again_ms(const struct links_one *one) {
    return one->again && !one->forgetting ? one->forgot_ms + LINK_AGAIN_MS : -1;
}

static void drop(struct links_one *one) {
    if (one->stream >= 0)
        close(one->stream);
    one->stream = -1;
    one->actor_asked = false;
    children_end(&one->children);
}

void links_start_actor(struct links *links, struct links_one *one, int64_t now_ms) {
    const struct config *config = links->config;
    bool wanted = one->up && (one->link.state == LINK_LIVE || one->link.state == LINK_FORGETTING);

    if (!wanted || one->children.actor > 0 || one->children.notes < 0)
        return;
    int viewers = view_listen(links->run_dir, one->index); /* a failure only disables `usermount events` */
    int error = children_act(&one->children, config->mounts[one->index].target, viewers, config->events == EVENTS_AUTO);
    if (viewers >= 0)
        close(viewers);
    if (error)
        links_fail(links, one, "unable to start the actor", error, now_ms);
}

static void act(struct links *links, struct links_one *one, enum link_action action, int64_t now_ms) {
    switch (action) {
    case LINK_NOTHING:
        break;
    case LINK_CALL:
        call(links, one, now_ms);
        break;
    case LINK_GREET:
        greet(links, one, now_ms);
        break;
    case LINK_FORGET: /* without a mount there is no cache */
        if (one->up)
            links_forget(links, one, now_ms);
        else
            links_feed(links, one, LINK_FORGOTTEN, now_ms);
        break;
    case LINK_TELL:
        if (!one->told)
            links_tell(links, one, "edits-told", NULL);
        one->told = true;
        one->refused = false;
        links->calls.publish(links->calls.ctx, one->index);
        break;
    case LINK_DROP:
    case LINK_HANG_UP:
        drop(one);
        if (!one->told)
            break;
        one->told = false;
        if (action == LINK_DROP)
            links_tell(links, one, "edits-lost", "is lost");
        links->calls.publish(links->calls.ctx, one->index);
        break;
    }
}

void links_feed(struct links *links, struct links_one *one, enum link_event event, int64_t now_ms) {
    act(links, one, link_feed(&one->link, event, now_ms), now_ms);
}
