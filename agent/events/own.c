/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "own.h"

#include "../common/text.h"
#include "../system/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define INTEREST                                                                                                       \
    (IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR)
#define WRITING_US 1000000
#define RECENT_US 1000000
#define SILLY_BYTES 28 /* ".nfs", a fileid and a counter in hexadecimal (fs/nfs/unlink.c) */
#define READS_MAX 64   /* buffers in one drain: endless writes in the guest must not hold the actor */

int own_open(struct own *own, const struct walk_mount *mount) {
    own->mount = mount;
    for (uint32_t i = 0; i < OWN_FOLDERS_MAX; i++)
        own->folders[i].fd = -1;
    own->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (own->inotify < 0 || fchdir(mount->links) != 0)
        return -errno;
    return 0;
}

struct own_state own_state_of(const struct stat *status) {
    return (struct own_state){
        .inode = status->st_ino,
        .size_bytes = S_ISDIR(status->st_mode) ? 0 : (uint64_t)status->st_size,
        .mtime_ns =
            S_ISDIR(status->st_mode) ? 0 : status->st_mtim.tv_sec * INT64_C(1000000000) + status->st_mtim.tv_nsec,
        .mode = status->st_mode,
    };
}

bool own_same(const struct own_state *one, const struct own_state *other) {
    return one->inode == other->inode && one->size_bytes == other->size_bytes && one->mtime_ns == other->mtime_ns &&
           one->mode == other->mode;
}

/* Two names of one folder with the same hash share an entry, and their states differ. */
static uint64_t hash(const char *name) {
    return text_hash(TEXT_HASH, text_of(name));
}

static const struct own_edit *find(const struct own *own, uint64_t folder_inode, uint64_t name_hash) {
    for (uint32_t i = 0; i < OWN_EDITS_MAX; i++)
        if (own->edits[i].folder_inode == folder_inode && own->edits[i].name_hash == name_hash)
            return &own->edits[i];
    return NULL;
}

static struct own_folder *folder_of_wd(struct own *own, int wd) {
    for (uint32_t i = 0; i < OWN_FOLDERS_MAX; i++)
        if (own->folders[i].fd >= 0 && own->folders[i].wd == wd)
            return &own->folders[i];
    return NULL;
}

static const struct own_folder *folder_of_inode(const struct own *own, uint64_t inode) {
    for (uint32_t i = 0; i < OWN_FOLDERS_MAX; i++)
        if (own->folders[i].fd >= 0 && own->folders[i].inode == inode)
            return &own->folders[i];
    return NULL;
}

bool own_listens(const struct own *own, uint64_t folder_inode) {
    return folder_of_inode(own, folder_inode);
}

static void forget_folder(struct own_folder *folder) {
    close(folder->fd);
    folder->fd = -1;
}

static void remember(struct own *own, const struct own_folder *folder, const struct inotify_event *event,
                     int64_t now_us) {
    uint64_t name_hash = hash(event->name);
    struct own_edit *edit = (struct own_edit *)find(own, folder->inode, name_hash);
    struct stat status;

    if (!edit)
        edit = &own->edits[own->next_edit++ % OWN_EDITS_MAX];
    *edit = (struct own_edit){.folder_inode = folder->inode, .name_hash = name_hash, .seen_us = now_us};
    if (event->mask & IN_MODIFY)
        edit->writing_until_us = now_us + WRITING_US;
    if (fstatat(folder->fd, event->name, &status, AT_SYMLINK_NOFOLLOW) == 0)
        edit->state = own_state_of(&status);
}

static void take(struct own *own, const struct inotify_event *event, int64_t now_us) {
    struct own_folder *folder = folder_of_wd(own, event->wd);

    if (event->mask & IN_Q_OVERFLOW)
        memset(own->edits, 0, sizeof own->edits); /* an unknown edit counts as the Mac's */
    else if (folder && event->mask & IN_IGNORED)
        forget_folder(folder); /* the folder is gone, or another one took its place */
    else if (folder && event->len > 0)
        remember(own, folder, event, now_us);
}

void own_drain(struct own *own, int64_t now_us) {
    static _Alignas(struct inotify_event) char buffer[4096];

    for (int reads = 0; reads < READS_MAX; reads++) {
        ssize_t n = read(own->inotify, buffer, sizeof buffer);
        for (ssize_t at = 0; at < n;) {
            const struct inotify_event *event = (const struct inotify_event *)(buffer + at);
            take(own, event, now_us);
            at += (ssize_t)(sizeof *event + event->len);
        }
        if (n <= 0)
            return;
    }
}

static struct own_folder *make_room(struct own *own) {
    struct own_folder *oldest = &own->folders[own->next_folder++ % OWN_FOLDERS_MAX];

    if (oldest->fd >= 0) {
        inotify_rm_watch(own->inotify, oldest->wd);
        forget_folder(oldest);
    }
    return oldest;
}

void own_listen(struct own *own, int folder, uint64_t inode) {
    char name[16];

    if (folder_of_inode(own, inode))
        return;
    int fd = fcntl(folder, F_DUPFD_CLOEXEC, 0);
    snprintf(name, sizeof name, "%d", fd);
    int wd = fd < 0 ? -1 : inotify_add_watch(own->inotify, name, INTEREST);
    if (wd >= 0) {
        struct own_folder *place = make_room(own);
        *place = (struct own_folder){.wd = wd, .fd = fd, .inode = inode};
    } else if (fd >= 0) {
        close(fd);
    }
}

/* Whether it is the client's name for a removed or replaced file that is still open: inotify does not report that name.
 */
static bool is_silly(const char *name) {
    return strncmp(name, ".nfs", 4) == 0 && strlen(name) == SILLY_BYTES;
}

enum own_answer own_ask(const struct own *own, uint64_t folder_inode, const char *name, const struct own_state *now,
                        int64_t since_us) {
    const struct own_edit *edit = find(own, folder_inode, hash(name));
    int64_t now_us = clock_us();

    if (is_silly(name))
        return OWN_YES;
    if (!edit)
        return own_listens(own, folder_inode) ? OWN_NO : OWN_UNKNOWN;
    if (edit->seen_us > since_us || now_us < edit->writing_until_us || own_same(&edit->state, now))
        return OWN_YES;
    return now_us - edit->seen_us < RECENT_US ? OWN_MAYBE : OWN_NO;
}

void own_each(const struct own *own, void (*each)(void *ctx, int folder), void *ctx) {
    for (uint32_t i = 0; i < OWN_FOLDERS_MAX; i++)
        if (own->folders[i].fd >= 0)
            each(ctx, own->folders[i].fd);
}
