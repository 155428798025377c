/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "visit.h"

#include "../system/clock.h"
#include "path.h"
#include "see.h"
#include "tell.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

static const struct containers_holders nobody;

struct visiting {
    const struct containers_visit *visit;
    int fd;
    struct containers_sight sight;
    char taken[MOUNTINFO_NAME_SIZE]; /* where the last dead mount was removed; `sight` still has its holders */
};

static bool was_seen(const struct containers_visit *visit, uint32_t id) {
    return containers_was_seen(visit->memory, visit->mounts, id);
}

/* Notes that the mount needs no second try. False: there is no memory for the note, and the visit ends. */
static bool try_once(const struct containers_visit *visit, uint32_t id) {
    return containers_remember(visit->memory, (struct containers_seen){.mounts = visit->mounts, .id = id}) >= 0;
}

/* Picks the keeper of a mount that was just removed. Otherwise the untried mount with the shortest path: an outer mount
 * comes before its inner ones. */
static bool pick(const struct visiting *visiting, struct text table, struct containers_bind *bind) {
    static struct containers_bind one;
    struct text rest = table;
    bool found = false;

    while (containers_find(table, &rest, visiting->visit->origin, &one)) {
        if (one.kind == CONTAINERS_KEPT && strcmp(one.point, visiting->taken) == 0 &&
            !was_seen(visiting->visit, one.id)) {
            *bind = one;
            return true;
        }
        if (was_seen(visiting->visit, one.id) || (found && strlen(one.point) >= strlen(bind->point)))
            continue;
        *bind = one;
        found = true;
    }
    return found;
}

/* The process has ended, and its mounts with it: that is no fault. */
static bool has_ended(const struct containers_visit *visit) {
    return containers_scan_namespace(visit->process, "ns/mnt") == 0;
}

/* Sees to one mount. False: the visit cannot go on. */
static bool see_to(struct visiting *visiting, const struct containers_bind *bind, struct text table) {
    const struct containers_visit *visit = visiting->visit;
    struct containers_sight *sight = &visiting->sight;

    if (bind->kind != CONTAINERS_KEPT || strcmp(bind->point, visiting->taken) != 0)
        sight->holders = nobody;
    sight->made = 0;
    containers_tell_try(visit, bind, visiting->fd);
    containers_see(visit, bind, table, sight);
    if (sight->outcome.end == CONTAINERS_TAKEN) {
        memcpy(visiting->taken, bind->point, sizeof visiting->taken);
        return true; /* its keeper comes next, and may have the same id */
    }
    if (sight->outcome.end != CONTAINERS_DONE && sight->outcome.end != CONTAINERS_ALIVE && has_ended(visit))
        return false;
    containers_tell(visit, bind, &sight->outcome, sight->holders, sight->made, visiting->fd);
    return try_once(visit, bind->id) && (sight->made == 0 || try_once(visit, sight->made));
}

static void give_up(const struct visiting *visiting, const struct containers_bind *bind, enum containers_end end,
                    int error) {
    const struct containers_outcome outcome = {end, "mountinfo", error};

    containers_tell(visiting->visit, bind, &outcome, nobody, 0, visiting->fd);
}

/* Reads the table and sees to its next mount. False: the visit is over. */
static bool see_next(struct visiting *visiting) {
    static struct containers_bind bind;
    bool more = false;
    char *text;
    size_t len;
    int error = containers_path_read(visiting->visit->proc, "self/mountinfo", &text, &len);
    const struct text table = {text, len};

    if (error)
        give_up(visiting, NULL, CONTAINERS_SYSTEM, -error);
    else if (!pick(visiting, table, &bind))
        more = false;
    else if (clock_us() > visiting->visit->until_us)
        give_up(visiting, &bind, CONTAINERS_SLOW, 0);
    else
        more = see_to(visiting, &bind, table);
    free(text);
    return more;
}

void containers_visit(const struct containers_visit *visit, int fd) {
    static struct visiting visiting;
    int namespace = openat(visit->process, "ns/mnt", O_RDONLY | O_CLOEXEC);
    struct containers_outcome outcome = containers_enter(visit, namespace);

    prctl(PR_SET_NAME, CONTAINERS_COMM);
    visiting = (struct visiting){.visit = visit, .fd = fd};
    if (outcome.end == CONTAINERS_DONE)
        while (see_next(&visiting))
            ;
    else if (!has_ended(visit))
        containers_tell(visit, NULL, &outcome, nobody, 0, fd);
}
