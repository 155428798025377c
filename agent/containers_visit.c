/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "containers_visit.h"

#include "containers_holders.h"
#include "containers_mend.h"
#include "containers_path.h"
#include "logfmt.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { VISIT_S = 5, LINE_SIZE = 6000 };

#define RESTART "restart the container"

static const struct {
    const char *cause, *fix;
} words[CONTAINERS_ENDS] = {
    [CONTAINERS_SWITCHED_OFF] = {"containers=report: nothing is done", RESTART},
    [CONTAINERS_MISSING] = {"the server has no such folder", "make it on the Mac, then " RESTART},
    [CONTAINERS_NO_FOLDER] = {"it is a file or a link, and only a folder can be mounted", RESTART},
    [CONTAINERS_INNER] = {"a mount of the container's own lies in it and cannot be taken along", RESTART},
    [CONTAINERS_SHARED] = {"its bind passes mounts on to other namespaces", RESTART},
    [CONTAINERS_USER] = {"it has a user namespace of its own", RESTART},
    [CONTAINERS_CHANGED] = {"its mounts are not as its mount table says", RESTART},
    [CONTAINERS_DENIED] = {"the server does not let this folder be mounted",
                           "add -alldirs to the line in /etc/exports, then sudo nfsd update, then " RESTART},
};

static struct containers_outcome say(enum containers_end end) {
    return (struct containers_outcome){end, NULL, 0};
}

/* SERVER:/EXPORT/SUBPATH; an export of "/" has its slash already. */
static void put_source(const struct containers_visit *visit, const struct containers_bind *bind, char *source,
                       size_t size) {
    struct text_out out = text_out(source, size);

    text_put(&out, visit->origin->source);
    if (bind->subpath[0] && out.len > 0 && source[out.len - 1] == '/')
        out.len--;
    text_put(&out, bind->subpath);
}

static struct text_out begin(const struct containers_visit *visit, char *line, const char *event) {
    struct text_out out = text_out(line, LINE_SIZE);

    logfmt_put(&out, "mount", visit->target);
    logfmt_put(&out, "event", event);
    logfmt_put(&out, visit->who_key, visit->who);
    return out;
}

static void put_cause(struct text_out *out, const struct containers_outcome *outcome) {
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

static void tell(const struct containers_visit *visit, const struct containers_bind *bind, const char *source,
                 const struct containers_outcome *outcome, struct containers_holders holders, int fd) {
    bool healed = outcome->end == CONTAINERS_DONE;
    char line[LINE_SIZE + 2];

    line[0] = healed ? CONTAINERS_HEALED : CONTAINERS_BEHIND;
    struct text_out out = begin(visit, line + 1, healed ? "healed" : "behind");
    logfmt_put(&out, "at", bind->point);
    logfmt_put(&out, "source", source);
    logfmt_put(&out, "was", bind->kind == CONTAINERS_LATE ? "late" : "stale");
    if (!healed)
        put_cause(&out, outcome);
    if (holders.count > 0) {
        logfmt_put_u64(&out, "holders", holders.count);
        logfmt_put_u64(&out, "holder", (uint64_t)holders.first);
    }
    line[1 + out.len] = '\n';
    if (write(fd, line, out.len + 2) < 0) { /* nobody waits for it any more */
    }
}

void containers_visit_lost(const struct containers_visit *visit, struct text_out *out) {
    char line[LINE_SIZE];
    struct text_out made = begin(visit, line, "behind");

    logfmt_put(&made, "cause", "no answer within 5 s, or the work was stopped");
    logfmt_put(&made, "fix", RESTART);
    text_put(out, line);
}

/* Which directory of the server belongs there, as the agent's own mount shows it. */
static struct containers_outcome find_folder(const struct containers_visit *visit, const struct containers_bind *bind,
                                             ino_t *folder) {
    struct stat status = {0};
    int fd = containers_path_open(visit->share, bind->subpath);

    if (fd == -ENOENT)
        return say(CONTAINERS_MISSING);
    if (fd == -ENOTDIR)
        return say(CONTAINERS_NO_FOLDER);
    int error = fd < 0 ? -fd : fstat(fd, &status) == 0 ? 0 : errno;
    if (fd >= 0)
        close(fd);
    *folder = error ? 0 : status.st_ino;
    return error ? containers_fault("open", error) : say(CONTAINERS_DONE);
}

/* Open what is mounted at the place: it must be `bind`'s mount. place->directory stays -1 where it is dead. */
static struct containers_outcome open_mount(struct containers_place *place, const struct containers_bind *bind) {
    bool late = bind->kind == CONTAINERS_LATE;
    struct statfs status;
    uint32_t id;
    int fd = openat(place->parent, place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC | (late ? O_DIRECTORY : 0));

    if (fd < 0 && errno == ESTALE && !late)
        return say(CONTAINERS_DONE);
    if (fd < 0)
        return errno == ENOTDIR ? say(CONTAINERS_NO_FOLDER) : containers_fault("open", errno);
    if (containers_path_mount(place->proc, fd, &id) != 0 || id != bind->id)
        return say(CONTAINERS_CHANGED);
    if (late) {
        place->directory = fd;
        return say(CONTAINERS_DONE);
    }
    int error = fstatfs(fd, &status) == 0 ? 0 : errno;
    close(fd); /* or it could not be freed */
    if (error == 0)
        return say(CONTAINERS_ALIVE);
    return error == ESTALE ? say(CONTAINERS_DONE) : containers_fault("statfs", error);
}

static struct containers_outcome find_place(const struct containers_visit *visit, const struct containers_bind *bind,
                                            struct containers_place *place) {
    uint32_t id;
    int root = openat(visit->process, "root", O_PATH | O_CLOEXEC);

    if (root < 0)
        return containers_fault("root", errno);
    place->parent = containers_path_parent(root, bind->point, &place->name);
    close(root);
    if (place->parent < 0)
        return containers_fault("open", -place->parent);
    if (containers_path_mount(visit->proc, place->parent, &id) != 0 || id != bind->holder_id)
        return say(CONTAINERS_CHANGED);
    return open_mount(place, bind);
}

/* The namespace becomes this process's own; what it mounts by is the agent's /proc. */
static struct containers_outcome enter(const struct containers_visit *visit) {
    int fd = openat(visit->process, "ns/mnt", O_RDONLY | O_CLOEXEC);
    int error = fd < 0 || setns(fd, CLONE_NEWNS) != 0 || fchdir(visit->proc) != 0 ? errno : 0;

    if (fd >= 0)
        close(fd);
    return error ? containers_fault("setns", error) : say(CONTAINERS_DONE);
}

static struct containers_outcome mend(const struct containers_visit *visit, const struct containers_bind *bind,
                                      struct containers_place *place, const char *source) {
    struct containers_outcome outcome = find_folder(visit, bind, &place->folder);

    if (outcome.end != CONTAINERS_DONE)
        return outcome;
    if (bind->shared)
        return say(CONTAINERS_SHARED);
    if (visit->foreign_user)
        return say(CONTAINERS_USER);
    if (visit->report)
        return say(CONTAINERS_SWITCHED_OFF);
    outcome = enter(visit);
    if (outcome.end != CONTAINERS_DONE)
        return outcome;
    return containers_mend(place, bind, visit->table, source, visit->options);
}

/* A process that has ended took its mounts with it: that is no fault. */
static bool has_ended(const struct containers_visit *visit) {
    return containers_scan_namespace(visit->process, "ns/mnt") == 0;
}

static void see_to(const struct containers_visit *visit, const struct containers_bind *bind, int fd) {
    struct containers_place place = {.proc = visit->proc, .parent = -1, .directory = -1};
    struct containers_holders holders = {0, 0};
    char source[2 * MOUNTINFO_NAME_SIZE];
    struct containers_outcome outcome = find_place(visit, bind, &place);

    put_source(visit, bind, source, sizeof source);
    if (outcome.end == CONTAINERS_DONE) {
        holders = containers_holders(visit->proc, visit->processes, visit->process_count, bind->id,
                                     bind->kind == CONTAINERS_MOUNTED);
        outcome = mend(visit, bind, &place, source);
    }
    if (place.parent >= 0)
        close(place.parent);
    if (place.directory >= 0)
        close(place.directory);
    if (outcome.end == CONTAINERS_DONE || (outcome.end != CONTAINERS_ALIVE && !has_ended(visit)))
        tell(visit, bind, source, &outcome, holders, fd);
}

void containers_visit(const struct containers_visit *visit, int fd) {
    static struct containers_bind bind;
    struct text rest = visit->table;

    alarm(VISIT_S);
    while (containers_find(visit->table, &rest, visit->origin, &bind))
        see_to(visit, &bind, fd);
}
