/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "path.h"

#include "../common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_MAX (8u << 20) /* longer than any mount table */

int containers_path_step(int directory, const char *name) {
    int fd = openat(directory, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);

    return fd < 0 ? -errno : fd;
}

/* Opens the directory that `path` without its last `left` bytes leads to. */
static int walk(int base, const char *path, size_t left) {
    struct text rest = {path, strlen(path) - left};
    char name[NAME_MAX + 1];
    int fd = containers_path_step(base, ".");

    while (fd >= 0 && rest.at) {
        struct text part = text_cut(&rest, '/');
        if (part.len == 0)
            continue;
        int next = text_copy(part, name, sizeof name) ? containers_path_step(fd, name) : -ENAMETOOLONG;
        close(fd);
        fd = next;
    }
    return fd;
}

int containers_path_open(int base, const char *path) {
    return walk(base, path, 0);
}

int containers_path_parent(int base, const char *path, const char **last) {
    const char *slash = strrchr(path, '/');

    if (!slash || !slash[1])
        return -EINVAL;
    *last = slash + 1;
    return walk(base, path, strlen(*last));
}

int containers_path_fdinfo(int proc, const char *file, uint32_t *id) {
    char buffer[1024];
    int fd = openat(proc, file, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, buffer, sizeof buffer);
    int error = n < 0 ? errno : EINVAL;
    uint64_t number;

    if (fd >= 0)
        close(fd);
    for (struct text rest = {buffer, n > 0 ? (size_t)n : 0}; rest.len > 0;) {
        struct text value = text_cut(&rest, '\n'), key = text_cut(&value, ':');
        if (!text_is(key, "mnt_id") || !text_u64(text_trim(value), UINT32_MAX, &number))
            continue;
        *id = (uint32_t)number;
        return 0;
    }
    return -error;
}

int containers_path_mount(int proc, int fd, uint32_t *id) {
    char file[64];

    snprintf(file, sizeof file, "self/fdinfo/%d", fd);
    return containers_path_fdinfo(proc, file, id);
}

static int read_all(int fd, char **text, size_t *len) {
    size_t size = 0;
    ssize_t n;

    do {
        if (*len + 1 >= size) {
            size = size ? 2 * size : 16384;
            char *more = size > READ_MAX ? NULL : realloc(*text, size);
            if (!more)
                return -ENOMEM;
            *text = more;
        }
        n = read(fd, *text + *len, size - *len - 1);
        if (n < 0)
            return -errno;
        *len += (size_t)n;
    } while (n > 0);
    (*text)[*len] = '\0';
    return 0;
}

int containers_path_read(int base, const char *file, char **text, size_t *len) {
    int fd = openat(base, file, O_RDONLY | O_CLOEXEC);

    *text = NULL;
    *len = 0;
    if (fd < 0)
        return -errno;
    int error = read_all(fd, text, len);
    close(fd);
    if (error) {
        free(*text);
        *text = NULL;
    }
    return error;
}
