/* SPDX-License-Identifier: MIT */
/*
 * work: what people do in a mount, timed in the guest: work VERB ARGUMENTS. One line each on stdout:
 *
 *     VERB NANOSECONDS NFS-CALLS COUNT
 *
 * Calls are the kernel's own count of all NFS calls sent (/proc/net/rpc/nfs); COUNT is what was met: files, or bytes.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BUFFER_SIZE (1u << 20)
#define READ_SIZE (64u << 10) /* as most programs read; a larger one would take read-ahead's place */
#define PATH_SIZE 4096

static char buffer[BUFFER_SIZE];

static _Noreturn void die(const char *what) {
    fprintf(stderr, "work: unable to work on %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_ns(clockid_t clock) {
    struct timespec now;

    clock_gettime(clock, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static long calls(void) {
    char line[256];
    long count = 0;
    FILE *file = fopen("/proc/net/rpc/nfs", "r");

    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "rpc %ld", &count) == 1)
            break;
    if (file)
        fclose(file);
    return count;
}

static long read_file(const char *path) {
    long bytes = 0;
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        die(path);
    while ((n = read(fd, buffer, READ_SIZE)) > 0)
        bytes += n;
    close(fd);
    return bytes;
}

enum visit { VISIT_NAME, VISIT_STAT, VISIT_READ };

static void visit_file(const char *path, enum visit visit) {
    struct stat status;

    if (visit == VISIT_STAT && lstat(path, &status) != 0)
        die(path);
    if (visit == VISIT_READ)
        read_file(path);
}

/* A plain READDIR tells no types; then a lookup must. */
static int is_directory(const struct dirent *entry, const char *path) {
    struct stat status;

    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    if (lstat(path, &status) != 0)
        die(path);
    return S_ISDIR(status.st_mode);
}

/* Every file below `path`; the number of them. */
static long tree(const char *path, enum visit visit) {
    char child[PATH_SIZE];
    long count = 0;
    const struct dirent *entry;
    DIR *dir = opendir(path);

    if (!dir)
        die(path);
    while ((entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
        if (is_directory(entry, child)) {
            count += tree(child, visit);
            continue;
        }
        visit_file(child, visit);
        count++;
    }
    closedir(dir);
    return count;
}

static long walk(char **words) {
    return tree(words[0], VISIT_NAME);
}

static long stat_all(char **words) {
    return tree(words[0], VISIT_STAT);
}

static long read_all(char **words) {
    return tree(words[0], VISIT_READ);
}

/* include LIST: the files that a list names, as an interpreter includes them: stat, open, read, close. */
static long include(char **words) {
    char path[PATH_SIZE];
    struct stat status;
    long count = 0;
    FILE *list = fopen(words[0], "r");

    if (!list)
        die(words[0]);
    while (fgets(path, sizeof path, list)) {
        path[strcspn(path, "\n")] = '\0';
        if (stat(path, &status) != 0)
            die(path);
        read_file(path);
        count++;
    }
    fclose(list);
    return count;
}

static void put_file(const char *path, size_t bytes) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

    if (fd < 0 || write(fd, buffer, bytes) != (ssize_t)bytes || close(fd) != 0)
        die(path);
}

/* write DIR FILES: as composer unpacks packages: folders of 20 files of 3 KiB. */
static long write_small(char **words) {
    char path[PATH_SIZE];
    long files = atol(words[1]);

    if (mkdir(words[0], 0755) != 0)
        die(words[0]);
    for (long i = 0; i < files; i++) {
        snprintf(path, sizeof path, "%s/package%ld", words[0], i / 20);
        if (i % 20 == 0 && mkdir(path, 0755) != 0)
            die(path);
        snprintf(path, sizeof path, "%s/package%ld/Class%ld.php", words[0], i / 20, i % 20);
        put_file(path, 3072);
    }
    return files;
}

/* delete DIR: as npm removes node_modules: list, unlink, rmdir. */
static long delete_tree(const char *path) {
    char child[PATH_SIZE];
    long count = 0;
    const struct dirent *entry;
    DIR *dir = opendir(path);

    if (!dir)
        die(path);
    while ((entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
        if (is_directory(entry, child))
            count += delete_tree(child);
        else if (unlink(child) != 0)
            die(child);
        else
            count++;
    }
    closedir(dir);
    if (rmdir(path) != 0)
        die(path);
    return count;
}

static long delete (char **words) {
    return delete_tree(words[0]);
}

static long seq_read(char **words) {
    return read_file(words[0]);
}

static long seq_write(char **words) {
    long left = atol(words[1]) << 20, bytes = left;
    int fd = open(words[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (fd < 0)
        die(words[0]);
    for (; left > 0; left -= BUFFER_SIZE)
        if (write(fd, buffer, BUFFER_SIZE) != BUFFER_SIZE)
            die(words[0]);
    if (close(fd) != 0)
        die(words[0]);
    return bytes;
}

/* lock FILE TIMES: as composer and SQLite do. */
static long lock(char **words) {
    long times = atol(words[1]);
    struct flock lock = {.l_whence = SEEK_SET};
    int fd = open(words[0], O_RDWR | O_CREAT | O_CLOEXEC, 0644);

    for (long i = 0; i < times; i++)
        for (int k = 0; k < 2; k++) {
            lock.l_type = k == 0 ? F_WRLCK : F_UNLCK;
            if (fd < 0 || fcntl(fd, F_SETLKW, &lock) != 0)
                die(words[0]);
        }
    close(fd);
    return times;
}

/* run COMMAND...: any other program; it fails when the program does. */
static long run(char **words) {
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        execvp(words[0], words);
        _exit(127);
    }
    if (waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr, "work: %s: status %d\n", words[0], status);
        exit(1);
    }
    return 1;
}

/* forks TIMES KIB: a child that ends at once, after each of which so much memory has been written, as a daemon writes. */
static long forks(char **words) {
    long times = atol(words[0]);
    size_t bytes = (size_t)atol(words[1]) << 10;

    for (long i = 0; i < times; i++) {
        memset(buffer, (int)i, bytes < sizeof buffer ? bytes : sizeof buffer);
        pid_t pid = fork();
        if (pid == 0)
            _exit(0);
        if (waitpid(pid, NULL, 0) != pid)
            die("a child");
    }
    return times;
}

/* usable TARGET COMMAND...: until the command has ended, and the target is another file system that can be listed. */
static long usable(char **words) {
    struct stat above, target;
    DIR *dir;

    run(words + 1);
    if (stat("/", &above) != 0 || stat(words[0], &target) != 0 || above.st_dev == target.st_dev)
        die(words[0]);
    if (!(dir = opendir(words[0])) || !readdir(dir))
        die(words[0]);
    closedir(dir);
    return 1;
}

static off_t size_by_open(const char *path) {
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    if (fstat(fd, &status) != 0)
        die(path);
    close(fd);
    return status.st_size;
}

static off_t size_by_stat(const char *path) {
    struct stat status;

    return stat(path, &status) == 0 ? status.st_size : -1;
}

/* seen open|stat FILE LIMIT-S: until the file's size is another than it was (none, where there is no file), as open()
 * and fstat(), or stat() alone, see it. COUNT is the wall clock then, in milliseconds, which is the server's clock too;
 * 0: not within the limit. */
static long seen(char **words) {
    const struct timespec pause = {0, 50 * 1000 * 1000};
    const int64_t end = now_ns(CLOCK_MONOTONIC) + atol(words[2]) * INT64_C(1000000000);
    off_t (*size)(const char *path) = strcmp(words[0], "open") == 0 ? size_by_open : size_by_stat;
    const off_t before = size(words[1]);

    do {
        if (size(words[1]) != before)
            return (long)(now_ns(CLOCK_REALTIME) / 1000000);
        nanosleep(&pause, NULL);
    } while (now_ns(CLOCK_MONOTONIC) < end);
    return 0;
}

/* readers COUNT FILE: as many processes, each reading its own part of the file, as parallel builds do. */
static long readers(char **words) {
    long count = atol(words[0]);
    struct stat status;

    if (stat(words[1], &status) != 0)
        die(words[1]);
    for (long i = 0; i < count; i++) {
        if (fork() != 0)
            continue;
        off_t at = status.st_size / count * i, end = status.st_size / count * (i + 1);
        int fd = open(words[1], O_RDONLY | O_CLOEXEC);
        for (ssize_t n = 1; at < end && n > 0; at += n)
            n = pread(fd, buffer, READ_SIZE, at);
        _exit(fd < 0);
    }
    while (wait(NULL) > 0)
        ;
    return status.st_size;
}

/* mounted TARGET LIMIT-S: until the mount table has it. COUNT is the wall clock then, in milliseconds; 0: never. */
static long mounted(char **words) {
    const struct timespec pause = {0, 10 * 1000 * 1000};
    const int64_t end = now_ns(CLOCK_MONOTONIC) + atol(words[1]) * INT64_C(1000000000);
    char line[PATH_SIZE], wanted[PATH_SIZE];

    snprintf(wanted, sizeof wanted, " %s nfs ", words[0]);
    do {
        FILE *file = fopen("/proc/mounts", "r");
        if (!file)
            die("/proc/mounts");
        while (fgets(line, sizeof line, file))
            if (strstr(line, wanted)) {
                fclose(file);
                return (long)(now_ns(CLOCK_REALTIME) / 1000000);
            }
        fclose(file);
        nanosleep(&pause, NULL);
    } while (now_ns(CLOCK_MONOTONIC) < end);
    return 0;
}

/* tasks SECONDS: the most processes and threads there were at a time, looked at every millisecond. */
static long tasks(char **words) {
    const struct timespec pause = {0, 1000 * 1000};
    const int64_t end = now_ns(CLOCK_MONOTONIC) + atol(words[0]) * INT64_C(1000000000);
    long most = 0, count;

    do {
        FILE *file = fopen("/proc/loadavg", "r");
        if (file && fscanf(file, "%*f %*f %*f %*d/%ld", &count) == 1 && count > most)
            most = count;
        if (file)
            fclose(file);
        nanosleep(&pause, NULL);
    } while (now_ns(CLOCK_MONOTONIC) < end);
    return most;
}

static const struct verb {
    const char *name;
    long (*work)(char **words);
    int words;
} verbs[] = {
    {"walk", walk, 1},         {"stat", stat_all, 1},   {"read", read_all, 1},    {"include", include, 1},
    {"write", write_small, 2}, {"delete", delete, 1},   {"seqread", seq_read, 1}, {"seqwrite", seq_write, 2},
    {"lock", lock, 2},         {"run", run, 1},         {"usable", usable, 2},    {"seen", seen, 3},
    {"tasks", tasks, 1},       {"mounted", mounted, 2}, {"readers", readers, 2}, {"forks", forks, 2},
};

int main(int argc, char **argv) {
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (argc < 2 || strcmp(argv[1], verbs[i].name) != 0 || argc - 2 < verbs[i].words)
            continue;
        long calls_before = calls();
        int64_t begin = now_ns(CLOCK_MONOTONIC);
        long count = verbs[i].work(argv + 2);
        int64_t took = now_ns(CLOCK_MONOTONIC) - begin;
        printf("%s %lld %ld %ld\n", verbs[i].name, (long long)took, calls() - calls_before, count);
        return 0;
    }
    fprintf(stderr, "usage: work VERB ARGUMENTS (see work.c)\n");
    return 2;
}
