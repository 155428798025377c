/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "prove.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FRAME_BYTES = 1500,
    ENTRY_BYTES = 24, /* the least that an entry3 has besides its name (RFC 1813, 3.3.16) */
    LONG_BYTES = 2 * FRAME_BYTES,
    LIST_ENTRIES_MAX = 512, /* more would only cost time */
    LOOK_ENTRIES_MAX = 200,
    LOOK_DEPTH_MAX = 4,
    READ_BYTES = 65536
};

static size_t entry_bytes(const struct dirent *entry) {
    return ENTRY_BYTES + strlen(entry->d_name);
}

int prove_list(DIR *dir, enum prove_read *proof) {
    size_t bytes = 0;
    const struct dirent *entry;

    errno = 0;
    for (int n = 0; n < LIST_ENTRIES_MAX && (entry = readdir(dir)); n++)
        bytes += entry_bytes(entry);
    *proof = bytes > LONG_BYTES ? PROVE_READ_LONG_DIRECTORY : PROVE_READ_NOTHING;
    return errno;
}

struct look {
    int entries_left;
    enum prove_read proof;
};

/* After a denial, or for a name that is gone, the search goes on. */
static int unless_denied(int error) {
    return error == EACCES || error == EPERM || error == ENOENT ? 0 : error;
}

static int read_start(int directory, const char *name, struct look *look) {
    static char buffer[READ_BYTES];
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return unless_denied(errno);
    ssize_t n = read(fd, buffer, sizeof buffer);
    int error = n < 0 ? errno : 0;
    close(fd);
    if (n > FRAME_BYTES)
        look->proof = PROVE_READ_FILE;
    return unless_denied(error);
}

static int look_into(DIR *dir, int depth, struct look *look);

static int look_below(int directory, const char *name, int depth, struct look *look) {
    int inner = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = inner < 0 ? NULL : fdopendir(inner);

    if (inner < 0)
        return unless_denied(errno);
    if (!dir) {
        close(inner);
        return 0;
    }
    int error = look_into(dir, depth, look);
    closedir(dir);
    return error;
}

static int look_at(int directory, const char *name, int depth, struct look *look) {
    struct stat status;

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return 0;
    look->entries_left--;
    if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return unless_denied(errno);
    if (S_ISREG(status.st_mode) && status.st_size > FRAME_BYTES)
        return read_start(directory, name, look);
    if (!S_ISDIR(status.st_mode) || depth == LOOK_DEPTH_MAX)
        return 0;
    return look_below(directory, name, depth + 1, look);
}

static int look_into(DIR *dir, int depth, struct look *look) {
    const struct dirent *entry;
    size_t bytes = 0;
    int error = 0;

    while (error == 0 && look->proof == PROVE_READ_NOTHING && look->entries_left > 0 && (entry = readdir(dir))) {
        bytes += entry_bytes(entry);
        error = look_at(dirfd(dir), entry->d_name, depth, look);
        if (look->proof == PROVE_READ_NOTHING && bytes > LONG_BYTES)
            look->proof = PROVE_READ_LONG_DIRECTORY;
    }
    return error;
}

int prove_large_reply(DIR *dir, enum prove_read *proof) {
    struct look look = {.entries_left = LOOK_ENTRIES_MAX};

    rewinddir(dir);
    int error = look_into(dir, 0, &look);
    *proof = look.proof;
    return error;
}
