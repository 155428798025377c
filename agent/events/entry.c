/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "entry.h"

#include "../system/clock.h"
#include "../mount/refresh.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CACHED_LOOKS = 4,
    CACHED_TIMES = 3, /* no server answers so fast */
    CACHED_SLACK_US = 10,
    RELEARN_US = 10000000, /* longer than a note takes from the edit to here */
};

static void open_anew(void *ctx, int folder) {
    const struct edit_scene *scene = ctx;

    refresh_object(&scene->mount, folder);
}

int entry_find_folder(struct edit *edit) {
    struct edit_scene *scene = edit->scene;
    const struct note *note = edit->note;
    struct stat status;

    for (int anew = 0; anew < 2; anew++) {
        int folder = walk_folder(&scene->mount, note->path, anew ? open_anew : NULL, scene, &edit->name);
        if (folder < 0 && (anew || edit->fresh))
            return folder;
        if (folder < 0)
            continue;
        if (fstat(folder, &status) == 0 &&
            (anew || note->folder_inode == 0 || !edit->name || note->folder_inode == status.st_ino)) {
            edit->folder = folder;
            edit->folder_inode = status.st_ino;
            scene->is_coarse = status.st_mtim.tv_nsec == 0; /* a second change in one leaves no trace in them */
            return 0;
        }
        close(folder);
    }
    return -ENOENT;
}

void entry_refresh_folder(struct edit *edit) {
    struct edit_scene *scene = edit->scene;

    if (scene->folder_inode == edit->folder_inode && edit->note->came_us < scene->folder_us)
        return;
    scene->folder_us = clock_us();
    scene->folder_inode = refresh_object(&scene->mount, edit->folder) == 0 ? edit->folder_inode : 0;
}

int entry_open(const struct edit *edit, struct stat *status) {
    int entry = openat(edit->folder, edit->name ? edit->name : ".", O_PATH | O_NOFOLLOW | O_CLOEXEC);
    int error = EXDEV;

    *status = (struct stat){.st_mode = 0};
    if (entry < 0)
        return -errno;
    if (fstat(entry, status) != 0)
        error = errno;
    else if (status->st_dev == edit->scene->mount.device)
        return entry;
    close(entry);
    return -error;
}

static int64_t look_once(const struct edit *edit, struct own_state *state) {
    struct stat status;
    int64_t began_us = clock_us();
    int entry = entry_open(edit, &status);

    *state = (struct own_state){.inode = 0};
    if (entry >= 0) {
        *state = own_state_of(&status);
        close(entry);
    }
    return clock_us() - began_us;
}

/* For a name outside the cache, the client asks the server, and the result is not what the guest knew. The time tells:
 * later looks are certainly from the cache, and so was the first one if it took about as long as the shortest of them.
 * After a refresh of the whole mount, the cache also holds edits of the Mac that the guest has read since. */
void entry_look_before(struct edit *edit, bool doubted) {
    if (edit->note->came_us - edit->scene->forgot_us < RELEARN_US)
        return;
    int64_t first_us = look_once(edit, &edit->before), cached_us = first_us;
    struct own_state state;

    for (int looks = 0; doubted && looks < CACHED_LOOKS; looks++) {
        int64_t took_us = look_once(edit, &state);
        cached_us = took_us < cached_us ? took_us : cached_us;
    }
    if (first_us > CACHED_TIMES * cached_us + CACHED_SLACK_US)
        edit->before = (struct own_state){.inode = 0};
}

void entry_refresh_links(const struct edit *edit) {
    struct stat status;
    int entry = entry_open(edit, &status);

    if (entry >= 0 && S_ISREG(status.st_mode) && status.st_nlink > 1)
        refresh_object(&edit->scene->mount, entry);
    if (entry >= 0)
        close(entry);
}

/* The client keeps a folder's names if the folder's time is the same. The note has the new inode, or says that the name
 * is gone. */
bool entry_is_old(const struct edit *edit, int entry, const struct stat *status) {
    const struct note *note = edit->note;
    bool is_gone = note->flags & STREAM_IS_GONE;

    if (!edit->scene->is_coarse || !edit->name || (note->mode == 0 && !is_gone))
        return false;
    return entry < 0 ? entry == -ENOENT && !is_gone : is_gone || note->inode != status->st_ino;
}
