/* SPDX-License-Identifier: MIT */
#include "watched.h"

#include "../../agent/stream/stream_path.h"
#include "../host/host.h"
#include "echo.h"
#include "gather.h"
#include "look.h"
#include "place.h"
#include "watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#define MS_NS UINT64_C(1000000)

static int64_t wall_ns(void) {
    struct timeval now = {0};

    gettimeofday(&now, NULL);
    return (int64_t)now.tv_sec * 1000000000 + (int64_t)now.tv_usec * 1000;
}

struct watched *watched_new(const char *folder) {
    struct watched *watched = calloc(1, sizeof *watched);

    if (!watched)
        return NULL;
    watched->state = STREAM_MISSING;
    watched->asked = strdup(folder);
    watched->gather = calloc(1, sizeof *watched->gather);
    watched->echo = calloc(1, sizeof *watched->echo);
    if (watched->asked && watched->gather && watched->echo)
        return watched;
    watched_free(watched);
    return NULL;
}

static void stop(struct watched *watched) {
    watch_close(watched->watch);
    watched->watch = NULL;
    free(watched->path);
    watched->path = NULL;
    watched->inode = 0;
    watched->due_ns = 0;
    gather_clear(watched->gather);
}

void watched_free(struct watched *watched) {
    if (!watched)
        return;
    if (watched->gather)
        stop(watched);
    free(watched->gather);
    free(watched->echo);
    free(watched->asked);
    free(watched);
}

void watched_forget(struct watched *watched) {
    echo_forget(watched->echo, host_monotonic_ns());
}

static void become(struct watched *watched, enum stream_state state, int error) {
    if (state != STREAM_WATCHED)
        stop(watched);
    watched->state = state;
    watched->error = error;
}

static void give_up(struct watched *watched, int error) {
    bool missing = error == ENOENT || error == ENOTDIR;

    become(watched, missing ? STREAM_MISSING : STREAM_FAILED, missing ? 0 : error);
}

/* Opens the watch before it reads the folder's numbers, so that no later change is lost. */
static int start(struct watched *watched, const char *path) {
    int rc;

    stop(watched);
    rc = watch_open(path, &watched->watch);
    if (rc == 0)
        rc = look_folder(path, &watched->inode, &watched->device);
    if (rc == 0) {
        watched->moment++;
        watched_forget(watched);
        become(watched, STREAM_WATCHED, 0);
    }
    return rc;
}

static bool is_the_one(const struct watched *watched, const char *path, uint64_t inode, uint64_t device) {
    return watched->path && strcmp(watched->path, path) == 0 && watched->inode == inode && watched->device == device;
}

static bool is_news(struct watched *watched) {
    bool news = watched->told_state != watched->state || watched->told_error != watched->error ||
                watched->told_moment != watched->moment;

    watched->told_state = watched->state;
    watched->told_error = watched->error;
    watched->told_moment = watched->moment;
    return news;
}

bool watched_check(struct watched *watched) {
    char *path = NULL;
    uint64_t inode = 0, device = 0;
    int rc = watch_path(watched->asked, &path);

    watched->is_doubtful = false;
    if (rc == 0)
        rc = look_folder(path, &inode, &device);
    if (rc == 0 && is_the_one(watched, path, inode, device)) {
        free(path);
        return is_news(watched);
    }
    if (rc == 0)
        rc = start(watched, path);
    if (rc == 0) {
        watched->path = path;
    } else {
        free(path);
        give_up(watched, -rc);
    }
    return is_news(watched);
}

int watched_fd(const struct watched *watched) {
    return watched->watch ? watch_fd(watched->watch) : -1;
}

/* ------------------------------------------------------------------------------------------------- gathering */

/* Sets *below to the path below the watched folder. A path that a record cannot contain becomes its folder. Returns
 * false if it lies outside. */
static bool inside(const struct watched *watched, struct text path, struct text *below) {
    if (!place_inside(text_of(watched->path), path, below))
        return false;
    while (below->len > 0 && !stream_path_relative(*below))
        *below = stream_path_folder(*below);
    return true;
}

static void hear_edit(void *context, struct text path, unsigned causes, bool is_folder) {
    struct watched *watched = context;
    struct text below;

    if (inside(watched, path, &below) && watched->wanted(watched->context, watched, below, false))
        gather_add(watched->gather, below, causes, is_folder);
}

static void hear_below(void *context, struct text path) {
    struct watched *watched = context;
    struct text below;

    if (!inside(watched, path, &below)) {
        if (!place_inside(path, text_of(watched->path), &below))
            return;
        below = text_of(""); /* path lies above the watched folder: all of it may have changed */
    }
    if (watched->wanted(watched->context, watched, below, true))
        gather_below(watched->gather, below);
}

static void hear_root(void *context) {
    struct watched *watched = context;

    watched->is_doubtful = true;
}

void watched_read(struct watched *watched, uint64_t now_ns) {
    static const struct watch_ears ears = {.edit = hear_edit, .below = hear_below, .root = hear_root};
    int rc = watch_read(watched->watch, &ears, watched);

    if (rc < 0) { /* the next check watches again */
        become(watched, STREAM_FAILED, -rc);
        watched->is_doubtful = true;
    } else if (watched->due_ns == 0 && !gather_is_empty(watched->gather)) {
        watched->due_ns = now_ns + GATHER_MS * MS_NS;
    }
}

/* --------------------------------------------------------------------------------------------------- telling */

static struct stream_record told[GATHER_PATHS];
static char scratch[LOOK_SCRATCH];

size_t watched_take(struct watched *watched, const struct stream_record **records) {
    struct look_root root = {watched->path, watched->inode, watched->device, scratch};
    static char below_path[STREAM_PATH_BYTES + 1];
    struct text below;
    size_t count = 0;

    *records = told;
    watched->due_ns = 0;
    if (gather_all_below(watched->gather, &below)) {
        memcpy(below_path, below.at, below.len);
        told[count++] = (struct stream_record){.flags = STREAM_IS_BELOW, .path = (struct text){below_path, below.len}};
        watched_forget(watched);
    }
    for (size_t i = 0; i < watched->gather->count; i++) {
        const struct gather_path *path = &watched->gather->paths[i];
        enum echo_answer answer;

        if (!look_at(&root, gather_path(watched->gather, i), path->was_folder, &told[count]))
            continue;
        answer = echo_judge(watched->echo, &told[count], path->causes, wall_ns());
        if (answer == ECHO_TELL_SAME)
            told[count].flags |= STREAM_IS_SAME;
        count += answer != ECHO_DROP;
    }
    gather_clear(watched->gather); /* the names are still in its memory */
    return count;
}
