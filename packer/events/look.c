/* SPDX-License-Identifier: MIT */
#include "look.h"

#include "../../agent/stream/stream_path.h"
#include "../host/host.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

int look_folder(const char *path, uint64_t *inode, uint64_t *device) {
    struct stat stat;

    if (lstat(path, &stat) < 0)
        return -errno;
    if (!S_ISDIR(stat.st_mode))
        return -ENOTDIR;
    *inode = (uint64_t)stat.st_ino;
    *device = (uint64_t)stat.st_dev;
    return 0;
}

/* Returns the absolute name of `path`, in root->scratch. An empty path is the root. */
static const char *join(const struct look_root *root, struct text path) {
    struct text_out out = text_out(root->scratch, LOOK_SCRATCH);

    text_put(&out, root->path);
    if (path.len > 0 && root->path[1] != '\0')
        text_put_char(&out, '/');
    text_put_text(&out, path);
    return root->scratch;
}

/* Copies the numbers of `stat` to the record. */
static void describe(const struct stat *stat, struct stream_record *record) {
    record->mode = (uint16_t)stat->st_mode;
    record->inode = (uint64_t)stat->st_ino;
    record->size_bytes = (uint64_t)stat->st_size;
    record->mtime_ns = (int64_t)host_modified_ns(stat);
    record->flags = S_ISDIR(stat->st_mode) ? STREAM_IS_FOLDER : 0;
}

bool look_at(const struct look_root *root, struct text path, bool was_folder, struct stream_record *record) {
    struct stat stat;

    *record = (struct stream_record){.path = path, .flags = was_folder || path.len == 0 ? STREAM_IS_FOLDER : 0};
    if (path.len > 0 && lstat(join(root, stream_path_folder(path)), &stat) == 0) {
        if ((uint64_t)stat.st_dev != root->device)
            return false;
        if (!S_ISDIR(stat.st_mode)) { /* a symbolic link, for example, would lead out of the folder */
            record->flags |= STREAM_IS_GONE;
            return true;
        }
        record->folder_inode = (uint64_t)stat.st_ino;
    }
    if (lstat(join(root, path), &stat) == 0) {
        /* The path is a mount point. NFS shows the guest the folder below the mount. */
        if ((uint64_t)stat.st_dev != root->device || stat.st_ino == 0)
            return false;
        describe(&stat, record);
    } else if ((errno == ENOENT || errno == ENOTDIR) && path.len > 0) {
        record->flags |= STREAM_IS_GONE;
    }
    return true;
}
