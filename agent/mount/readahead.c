/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "readahead.h"

#include "../common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* The number in the file; 0: it holds none. */
static uint64_t read_kib(int fd) {
    char text[32];
    uint64_t kib = 0;
    ssize_t n = read(fd, text, sizeof text);
    struct text rest = {text, n > 0 ? (size_t)n : 0};

    text_u64(text_cut(&rest, '\n'), UINT64_MAX, &kib);
    return kib;
}

int readahead_raise(const char *target) {
    char path[96], text[32];
    struct stat status;

    if (stat(target, &status) != 0)
        return -errno;
    snprintf(path, sizeof path, "/sys/class/bdi/%u:%u/read_ahead_kb", major(status.st_dev), minor(status.st_dev));
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int error = 0;
    int len = snprintf(text, sizeof text, "%u", READAHEAD_KIB);
    if (read_kib(fd) < READAHEAD_KIB && pwrite(fd, text, (size_t)len, 0) != len)
        error = -errno;
    close(fd);
    return error;
}
