/* SPDX-License-Identifier: MIT */
#include "tell.h"

#include "../engine/logfmt.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 8000 };

#define RESTART "restart the container"
#define LATER "usermount tries again; if that does not help, " RESTART

static const struct {
    const char *cause, *fix;
} words[CONTAINERS_ENDS] = {
    [CONTAINERS_SWITCHED_OFF] = {"containers=report: the agent changes nothing", RESTART},
    [CONTAINERS_MISSING] = {"the folder is missing on the server", "make it on the Mac, then " RESTART},
    [CONTAINERS_NO_FOLDER] = {"it is a file or a symbolic link, and only a folder can be mounted", RESTART},
    [CONTAINERS_INNER] = {"the container has a mount of its own in it that cannot be moved", RESTART},
    [CONTAINERS_SHARED] = {"its bind propagates mounts to other namespaces", RESTART},
    [CONTAINERS_USER] = {"it has a user namespace of its own", RESTART},
    [CONTAINERS_CHANGED] = {"its mounts differ from its mount table", LATER},
    [CONTAINERS_DENIED] = {"the server does not allow mounting this folder",
                           "add -alldirs to the line in /etc/exports, then sudo nfsd update, then " RESTART},
    [CONTAINERS_LONG] = {"its path is too long for usermount", RESTART},
    [CONTAINERS_LATE_ANSWER] = {"no answer within 5 s", LATER},
    [CONTAINERS_STOPPED] = {"a newer mount or usermount's end interrupted the work", RESTART},
    [CONTAINERS_STUCK] = {"the container's own file system does not answer: the agent leaves it alone until it does",
                          RESTART},
    [CONTAINERS_CROWD] = {"too many containers have file systems that do not answer", RESTART},
    [CONTAINERS_KILLED] = {"the process that worked on it was killed", LATER},
    [CONTAINERS_SLOW] = {"its mounts took more than 20 s", LATER},
};

void containers_tell_cause(struct text_out *out, const struct containers_outcome *outcome) {
    char text[128];

    if (outcome->end != CONTAINERS_SYSTEM) {
        logfmt_put(out, "cause", words[outcome->end].cause);
        logfmt_put(out, "fix", words[outcome->end].fix);
        return;
    }
    snprintf(text, sizeof text, "%s: %s", outcome->call, strerror(outcome->error));
    logfmt_put(out, "cause", text);
    logfmt_put(out, "fix", RESTART);
}

static void put_place(const struct containers_visit *visit, const struct containers_bind *bind, struct text_out *out) {
    char source[2 * MOUNTINFO_NAME_SIZE];

    containers_source(visit->origin, bind->subpath, source, sizeof source);
    logfmt_put(out, "at", bind->point);
    logfmt_put(out, "source", source);
    logfmt_put(out, "was", bind->kind == CONTAINERS_LATE ? "late" : "stale");
}

static void begin(const struct containers_visit *visit, const struct containers_bind *bind, const char *event,
                  struct text_out *out) {
    logfmt_put(out, "mount", visit->target);
    logfmt_put(out, "event", event);
    logfmt_put(out, visit->who_key, visit->who);
    if (bind)
        put_place(visit, bind, out);
}

void containers_tell_namespace(const struct containers_visit *visit, struct text_out *out) {
    begin(visit, NULL, "behind", out);
}

/* A mount that moved in its first look is elsewhere in the next. One that differs twice is left to its container. */
static char letter(const struct containers_visit *visit, const struct containers_bind *bind, enum containers_end end) {
    bool moved = end == CONTAINERS_CHANGED && bind && !containers_known(visit->memory, visit->mounts, bind->id);

    if (end == CONTAINERS_DONE)
        return CONTAINERS_LINE_HEALED;
    if (end == CONTAINERS_ALIVE)
        return CONTAINERS_LINE_SEEN;
    if (moved || end == CONTAINERS_SLOW || (bind && bind->kind == CONTAINERS_KEPT))
        return CONTAINERS_LINE_AGAIN;
    return CONTAINERS_LINE_BEHIND;
}

static void send(char letter, uint32_t id, uint32_t made, const char *line, int fd) {
    char text[LINE_SIZE + 64];
    int len = snprintf(text, sizeof text, "%c %u %u %s\n", letter, id, made, line);

    if (write(fd, text, (size_t)len) < 0) { /* the crew has ended */
    }
}

void containers_tell_try(const struct containers_visit *visit, const struct containers_bind *bind, int fd) {
    char line[LINE_SIZE] = "";
    struct text_out out = text_out(line, sizeof line);

    begin(visit, bind, "behind", &out);
    send(CONTAINERS_LINE_TRY, bind->id, 0, line, fd);
}

void containers_tell(const struct containers_visit *visit, const struct containers_bind *bind,
                     const struct containers_outcome *outcome, struct containers_holders holders, uint32_t made,
                     int fd) {
    char line[LINE_SIZE] = "";
    struct text_out out = text_out(line, sizeof line);
    bool healed = outcome->end == CONTAINERS_DONE;

    if (outcome->end != CONTAINERS_ALIVE) {
        begin(visit, bind, healed ? "healed" : "behind", &out);
        if (!healed)
            containers_tell_cause(&out, outcome);
    }
    if (holders.count > 0 && outcome->end != CONTAINERS_ALIVE) {
        logfmt_put_u64(&out, "holders", holders.count);
        logfmt_put_u64(&out, "holder", (uint64_t)holders.first);
    }
    send(letter(visit, bind, outcome->end), bind ? bind->id : 0, made, line, fd);
}
