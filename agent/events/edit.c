/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "edit.h"

#include "../mount/refresh.h"
#include "../system/clock.h"
#include "entry.h"
#include "raise.h"

#include <errno.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    BEHIND_US = 100000,       /* an edit that is so late, or without a pause before it, is one of many */
    BURST = 32,               /* after so many of these in a row, one refresh of the whole mount is cheaper, */
    FORGET_PAUSE_US = 100000, /* but not more often than this */
    SECOND_NS = 1000000000,
    MOMENT_NS = 10000000,
};

static bool forget_all(struct edit_scene *scene) {
    int64_t began_us = clock_us();

    scene->forgot_us = began_us;
    scene->burst = 0; /* a refresh that fails takes seconds, and may fail again */
    own_drain(&scene->own, began_us);
    if (!scene->forget(scene->ctx))
        return false;
    scene->fresh_us = began_us;
    return true;
}

bool edit_is_fresh(const struct edit_scene *scene, const struct note *note) {
    if (note->flags & STREAM_IS_BELOW)
        return false;
    return note->came_us < scene->fresh_us || (note->flags & STREAM_IS_LISTED && scene->is_list_fresh);
}

/* An actor that is behind refreshes the whole mount, which costs the same for any number of edits. All earlier edits
 * are then fresh, however long their events wait. */
static bool make_fresh(struct edit_scene *scene, const struct note *note) {
    int64_t now_us = clock_us();

    if (edit_is_fresh(scene, note))
        return true;
    if (now_us - note->came_us <= BEHIND_US && now_us - scene->idle_us <= BEHIND_US)
        scene->burst = 0;
    return ++scene->burst > BURST && now_us - scene->forgot_us > FORGET_PAUSE_US && forget_all(scene) &&
           edit_is_fresh(scene, note);
}

/* Opens the entry. For an old one, it refreshes the whole mount first, which is expensive and rare. */
static int open_fresh_entry(struct edit *edit, struct stat *status) {
    int entry = entry_open(edit, status);

    if (!entry_is_old(edit, entry, status))
        return entry;
    if (entry >= 0)
        close(entry); /* an open descriptor would keep the old entry */
    forget_all(edit->scene);
    return entry_open(edit, status);
}

/* Whether the edit is the guest's own: inotify reported it or, in a folder that was not watched until now, the cache
 * held the result before the refresh. The server may show an edit a moment before inotify reports it. */
static bool is_own(const struct edit *edit, const struct own_state *now) {
    struct own *own = &edit->scene->own;
    const char *name = edit->name ? edit->name : "";
    enum own_answer answer = own_ask(own, edit->folder_inode, name, now, edit->began_us);

    if (answer == OWN_MAYBE)
        nanosleep(&(struct timespec){.tv_nsec = MOMENT_NS}, NULL);
    if (answer == OWN_MAYBE || answer == OWN_NO) {
        own_drain(own, clock_us());
        answer = own_ask(own, edit->folder_inode, name, now, edit->began_us);
    }
    return answer == OWN_YES || (answer == OWN_UNKNOWN && now->inode != 0 && own_same(&edit->before, now));
}

/* The event is the folder's and has no name: one is enough for all names that were gone by then. */
static void raise_gone(struct edit *edit) {
    const struct own_state gone = {.inode = 0};
    struct edit_scene *scene = edit->scene;
    struct stat status;

    if (!(edit->folder_mask & IN_ATTRIB))
        return;
    if (is_own(edit, &gone)) {
        edit->did = VIEW_OWN;
        return;
    }
    if (scene->gone_inode == edit->folder_inode && edit->note->came_us < scene->gone_us) {
        edit->did = VIEW_RAISED;
        return;
    }
    scene->gone_us = clock_us();
    struct raise raise = {.chowns = true};
    if (fstat(edit->folder, &status) == 0 && !(status.st_mode & (S_ISUID | S_ISGID)) &&
        raise_events(&scene->mount, edit->folder, &status, raise)) {
        scene->gone_inode = edit->folder_inode;
        edit->did = VIEW_RAISED;
    }
}

static void act_on_entry(struct edit *edit, int entry, struct stat *status) {
    struct edit_scene *scene = edit->scene;

    if (!edit->fresh && (S_ISREG(status->st_mode) || S_ISDIR(status->st_mode)) &&
        (refresh_object(&scene->mount, entry) != 0 || fstat(entry, status) != 0))
        return;
    struct own_state now = own_state_of(status);
    uint32_t mask = edit->folder_mask | watches_mask(scene->watches, status->st_ino);
    bool same = own_same(&edit->before, &now), doubted = edit->note->flags & STREAM_IS_SAME;
    bool own = mask != 0 && is_own(edit, &now);
    if (S_ISREG(status->st_mode) && (doubted || (!own && (!same || now.mtime_ns % SECOND_NS == 0))))
        refresh_content(&scene->mount, entry, now.mtime_ns % SECOND_NS == 0);
    if (own) {
        edit->did = VIEW_OWN;
        return;
    }
    struct raise raise = raise_choose(status->st_mode, mask);
    /* On this file system the watcher cannot separate a chown from an edit, and would report ours. */
    raise.chowns = raise.chowns && !doubted;
    if (raise_events(&scene->mount, entry, status, raise))
        edit->did = VIEW_RAISED;
}

static void act_in_folder(struct edit *edit) {
    struct edit_scene *scene = edit->scene;
    struct stat status;

    edit->folder_mask = watches_mask(scene->watches, edit->folder_inode);
    bool watched = edit->folder_mask != 0 || watches_mask(scene->watches, edit->note->inode) != 0;
    if (scene->is_coarse)
        refresh_list(&scene->mount, edit->folder);
    if (edit->fresh && !watched && !scene->is_coarse)
        return;
    if (!edit->fresh) {
        entry_look_before(edit, watched && !own_listens(&scene->own, edit->folder_inode));
        entry_refresh_links(edit);
        entry_refresh_folder(edit);
    }
    int entry = edit->fresh ? entry_open(edit, &status) : open_fresh_entry(edit, &status);
    if (entry >= 0)
        act_on_entry(edit, entry, &status);
    else if (entry == -ENOENT || entry == -ESTALE)
        raise_gone(edit);
    if (entry >= 0)
        close(entry);
    if (watched)
        own_listen(&scene->own, edit->folder, edit->folder_inode);
}

static void wake_folder(void *ctx, int folder) {
    const struct edit_scene *scene = ctx;
    struct stat status;

    alarm(EDIT_DEADLINE_S);
    if (fstat(folder, &status) == 0 && watches_mask(scene->watches, status.st_ino) & IN_ATTRIB)
        raise_events(&scene->mount, folder, &status, raise_choose(status.st_mode, IN_ATTRIB));
}

/* One refresh of the whole mount, and one wake-up of all known folders, serve all notes that came before them. */
static int apply_below(struct edit_scene *scene, const struct note *note) {
    bool is_done = note->came_us < scene->fresh_us || forget_all(scene);

    scene->is_list_fresh = is_done; /* all edits of the list came before its head */
    /* Any of the known folders may have changed. */
    if (!(note->flags & STREAM_IS_LISTED) && note->came_us >= scene->woke_us) {
        scene->woke_us = clock_us();
        own_each(&scene->own, wake_folder, scene);
    }
    return is_done ? 0 : -EIO;
}

enum view_did edit_apply(struct edit_scene *scene, const struct note *note, int *error) {
    struct edit edit = {.scene = scene, .note = note, .began_us = clock_us(), .did = VIEW_REFRESHED};

    alarm(EDIT_DEADLINE_S);
    own_drain(&scene->own, edit.began_us);
    if (note->flags & STREAM_IS_BELOW) {
        *error = apply_below(scene, note);
        return VIEW_FORGOT;
    }
    edit.fresh = make_fresh(scene, note);
    *error = entry_find_folder(&edit);
    if (*error == 0) {
        act_in_folder(&edit);
        close(edit.folder);
    }
    return edit.did;
}
