/* SPDX-License-Identifier: MIT */
/*
 * shows: what a mount in the guest shows of edits on the server, and when. Times are the wall clock's, in microseconds.
 *
 *     shows changes SECONDS FOLDER...     each new sign of "it" in these folders, the first ones at once:
 *                                         "WAY FOLDER TIME SIGN"; FOLDER is its place in the list
 *     shows latest SECONDS FILE...        five times a second the number in the next of these files:
 *                                         "FILE TIME NUMBER"
 *     shows clock FILE                    how far the server's clock is ahead, by the mtime of a file that is made
 *
 * A sign says what a reader sees: of open(), inode, size, mtime and a hash of the content; of stat(), inode, size,
 * mtime and mode; of readdir(), how many names and a sum over names and inodes. mac.py makes the same on the server.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SIGN_BYTES 128
#define FOLDERS_MAX 64
#define PATH_BYTES 4096
#define LOOK_NS (2 * 1000 * 1000)
#define SAMPLE_NS (200 * 1000 * 1000)
#define FNV_BASIS UINT64_C(14695981039346656037)

enum way { WAY_OPEN, WAY_STAT, WAY_READDIR, WAYS };

static const char *const names[WAYS] = {"open", "stat", "readdir"};

static int64_t now_us(void) {
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static int64_t mtime_ns(const struct stat *status) {
    return status->st_mtim.tv_sec * INT64_C(1000000000) + status->st_mtim.tv_nsec;
}

static uint64_t hash(uint64_t value, const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i++)
        value = (value ^ ((const unsigned char *)bytes)[i]) * UINT64_C(1099511628211);
    return value;
}

static void sign_error(char sign[SIGN_BYTES]) {
    snprintf(sign, SIGN_BYTES, "errno:%d", errno);
}

static void sign_open(const char *folder, char sign[SIGN_BYTES]) {
    char path[PATH_BYTES], bytes[4096];
    struct stat status;
    uint64_t content = FNV_BASIS;

    snprintf(path, sizeof path, "%s/it", folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0) {
        sign_error(sign);
        return;
    }
    for (ssize_t n; (n = read(fd, bytes, sizeof bytes)) > 0;)
        content = hash(content, bytes, (size_t)n);
    close(fd);
    snprintf(sign, SIGN_BYTES, "%ju:%jd:%" PRId64 ":%" PRIu64, (uintmax_t)status.st_ino, (intmax_t)status.st_size,
             mtime_ns(&status), content);
}

static void sign_stat(const char *folder, char sign[SIGN_BYTES]) {
    char path[PATH_BYTES];
    struct stat status;

    snprintf(path, sizeof path, "%s/it", folder);
    if (stat(path, &status) != 0)
        sign_error(sign);
    else
        snprintf(sign, SIGN_BYTES, "%ju:%jd:%" PRId64 ":%o", (uintmax_t)status.st_ino, (intmax_t)status.st_size,
                 mtime_ns(&status), (unsigned)status.st_mode);
}

static void sign_readdir(const char *folder, char sign[SIGN_BYTES]) {
    const struct dirent *entry;
    DIR *dir = opendir(folder);
    uint64_t sum = 0, count = 0;

    if (!dir) {
        sign_error(sign);
        return;
    }
    while ((entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        sum += hash(FNV_BASIS, entry->d_name, strlen(entry->d_name)) + entry->d_ino;
        count++;
    }
    closedir(dir);
    snprintf(sign, SIGN_BYTES, "%" PRIu64 ":%" PRIu64, count, sum);
}

static void (*const sign_of[WAYS])(const char *folder, char sign[SIGN_BYTES]) = {sign_open, sign_stat, sign_readdir};

static int changes(int64_t end_us, int count, char **folders) {
    static char known[FOLDERS_MAX][WAYS][SIGN_BYTES];
    char sign[SIGN_BYTES];

    if (count > FOLDERS_MAX)
        return 2;
    while (now_us() < end_us) {
        for (int i = 0; i < count; i++)
            for (enum way way = 0; way < WAYS; way++) {
                sign_of[way](folders[i], sign);
                if (strcmp(sign, known[i][way]) == 0)
                    continue;
                memcpy(known[i][way], sign, sizeof sign);
                printf("%s %d %" PRId64 " %s\n", names[way], i, now_us(), sign);
            }
        fflush(stdout);
        nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
    }
    return 0;
}

static int latest(int64_t end_us, int count, char **files) {
    for (int i = 0; now_us() < end_us; i = (i + 1) % count) {
        char bytes[32] = "";
        int64_t began_us = now_us();
        int fd = open(files[i], O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof bytes - 1);

        if (n < 0) {
            perror(files[i]);
            return 1;
        }
        close(fd);
        printf("%d %" PRId64 " %lld\n", i, began_us, atoll(bytes));
        fflush(stdout);
        nanosleep(&(struct timespec){.tv_nsec = SAMPLE_NS}, NULL);
    }
    return 0;
}

static int clock_ahead(const char *path) {
    struct stat status;
    int64_t before_us = now_us();
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

    if (fd < 0 || fstat(fd, &status) != 0 || unlink(path) != 0) {
        perror(path);
        return 1;
    }
    int64_t after_us = now_us();
    close(fd);
    printf("%" PRId64 "\n", mtime_ns(&status) / 1000 - (before_us + after_us) / 2);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "clock") == 0)
        return clock_ahead(argv[2]);
    int64_t end_us = argc > 3 ? now_us() + (int64_t)(atof(argv[2]) * 1e6) : 0;
    if (argc > 3 && strcmp(argv[1], "changes") == 0)
        return changes(end_us, argc - 3, argv + 3);
    if (argc > 3 && strcmp(argv[1], "latest") == 0)
        return latest(end_us, argc - 3, argv + 3);
    fprintf(stderr, "usage: shows changes|latest SECONDS PATH... | clock FILE\n");
    return 2;
}
