/* SPDX-License-Identifier: MIT */
/*
 * A program that looks at files in all the ways that programs have. Commands come on its input, a line each; the last line
 * of an answer is "end".
 *
 *   see FOLDER NAME...         what the folder lists, and what each name is and holds, all of it opened anew
 *   keep FOLDER NAME           opens the folder and the file, maps the file and reads both: they stay open
 *   kept                       what those that stay open show
 *   drop                       closes them
 *   write FOLDER TEXT          writes the text into a file for each byte that a name may have, one whose name is all of
 *                              them, and one in a folder whose name is all of them backwards
 *   hold FOLDER TEXT           how many names the folder lists, and which of those files do not hold the text
 *
 * Names are in hex, since they have any byte; FOLDER and TEXT are as they are. Long content is told by its size and a sum.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONTENT_BYTES = 1 << 20, SHOWN_BYTES = 64, LISTED_MAX = 1024, KEPT_MAX = 8 };

struct kept {
    int fd;
    DIR *folder;
    const volatile unsigned char *map;
    off_t size; /* when it was opened: for a handle that says no more how long it is */
};

static struct kept all_kept[KEPT_MAX];
static int kept_count;
static unsigned char content[CONTENT_BYTES];
static sigjmp_buf bus;

static void unhex(const char *hex, char *out, size_t size) {
    unsigned byte;

    for (; size > 1 && sscanf(hex, "%2x", &byte) == 1; hex += 2, size--)
        *out++ = (char)byte;
    *out = '\0';
}

static void path_of(char path[PATH_MAX], const char *folder, const char *name) {
    int len = snprintf(path, PATH_MAX, "%s/", folder);

    unhex(name, path + len, PATH_MAX - (size_t)len);
}

static void tell_content(const char *what, const unsigned char *data, ssize_t len) {
    unsigned long long sum = 14695981039346656037u;

    printf("%s ", what);
    if (len < 0)
        printf("%s", strerror(errno));
    for (ssize_t i = 0; i < len && len <= SHOWN_BYTES; i++)
        printf("%02x", data[i]);
    for (ssize_t i = 0; i < len; i++)
        sum = (sum ^ data[i]) * 1099511628211u;
    if (len > SHOWN_BYTES)
        printf("%zd bytes, sum %016llx", len, sum);
    printf("\n");
}

static int compare(const void *one, const void *other) {
    return strcmp(*(char *const *)one, *(char *const *)other);
}

/* The names in order, with their inodes: two systems list them in orders of their own. */
static void tell_list(const char *what, DIR *folder) {
    static char *lines[LISTED_MAX];
    const struct dirent *entry;
    int count = 0;

    errno = 0;
    while (count < LISTED_MAX && (entry = readdir(folder))) {
        char line[2 * NAME_MAX + 32], *at = line;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        for (const unsigned char *byte = (const unsigned char *)entry->d_name; *byte; byte++)
            at += sprintf(at, "%02x", *byte);
        sprintf(at, " %llu", (unsigned long long)entry->d_ino);
        lines[count++] = strdup(line);
    }
    if (errno)
        printf("%s %s\n", what, strerror(errno));
    qsort(lines, (size_t)count, sizeof lines[0], compare);
    for (int i = 0; i < count; i++) {
        printf("%s %s\n", what, lines[i]);
        free(lines[i]);
    }
}

/* Not the ctime: what wakes watchers changes it. A folder's size is the file system's own affair. */
static void tell_stat(const char *what, int rc, const struct stat *status) {
    if (rc < 0)
        printf("%s %s\n", what, strerror(errno));
    else
        printf("%s inode %llu mode %o links %lu size %lld mtime %lld.%09ld\n", what, (unsigned long long)status->st_ino, status->st_mode,
               (unsigned long)status->st_nlink, S_ISDIR(status->st_mode) ? 0 : (long long)status->st_size, (long long)status->st_mtim.tv_sec,
               status->st_mtim.tv_nsec);
}

static void see(const char *folder, char *names) {
    struct stat status;
    DIR *dir = opendir(folder);

    tell_stat("folder", stat(folder, &status), &status);
    if (dir) {
        tell_list("list", dir);
        closedir(dir);
    }
    for (char *name; (name = strsep(&names, " "));) {
        char path[PATH_MAX], what[2 * NAME_MAX + 64];
        path_of(path, folder, name);
        snprintf(what, sizeof what, "%s: stat", name);
        tell_stat(what, lstat(path, &status), &status);
        snprintf(what, sizeof what, "%s: read", name);
        int fd = open(path, O_RDONLY | O_NONBLOCK);
        tell_content(what, content, fd < 0 ? -1 : read(fd, content, sizeof content));
        if (fd >= 0)
            close(fd);
    }
}

static void keep(const char *folder, const char *name) {
    char path[PATH_MAX];
    struct stat status;
    struct kept *kept = &all_kept[kept_count];

    path_of(path, folder, name);
    *kept = (struct kept){.fd = open(path, O_RDONLY), .folder = opendir(folder)};
    if (kept_count == KEPT_MAX - 1 || kept->fd < 0 || !kept->folder || fstat(kept->fd, &status) != 0) {
        printf("unable to keep %s: %s\n", path, strerror(errno));
        return;
    }
    kept->size = status.st_size;
    kept->map = mmap(NULL, CONTENT_BYTES, PROT_READ, MAP_SHARED, kept->fd, 0);
    kept_count++;
}

static void on_bus(int signal) {
    (void)signal;
    siglongjmp(bus, 1);
}

/* At least a byte, though the file is empty: a page that stayed would be seen then. */
static void tell_map(const struct kept *kept, off_t size) {
    if (sigsetjmp(bus, 1)) {
        printf("mapped SIGBUS\n");
        return;
    }
    for (off_t i = 0; i == 0 || i < size; i++)
        content[i] = kept->map[i];
    tell_content("mapped", content, size > 0 ? size : 1);
}

static void tell_kept(const struct kept *kept) {
    struct stat status;
    int rc = fstat(kept->fd, &status);

    tell_stat("held: stat", rc, &status);
    tell_content("held: read", content, pread(kept->fd, content, sizeof content, 0));
    tell_map(kept, rc == 0 ? status.st_size : kept->size);
    rewinddir(kept->folder);
    tell_list("held: list", kept->folder);
}

static void drop(void) {
    while (kept_count > 0) {
        const struct kept *kept = &all_kept[--kept_count];
        munmap((void *)(unsigned long)kept->map, CONTENT_BYTES);
        close(kept->fd);
        closedir(kept->folder);
    }
}

enum { NAMES = 255 };

static void path_of_every(char path[PATH_MAX], const char *folder, int number) {
    char whole[NAME_MAX + 1], back[NAME_MAX + 1];
    int count = 0;

    for (int byte = 1; byte < 256; byte++)
        if (byte != '/')
            whole[count++] = (char)byte;
    whole[count] = back[count] = '\0';
    for (int i = 0; i < count; i++)
        back[i] = whole[count - 1 - i];
    if (number == 0)
        snprintf(path, PATH_MAX, "%s/%s", folder, whole);
    else if (number == '.' || number == '/') /* no names by themselves: two places to spare */
        snprintf(path, PATH_MAX, "%s/%s%s", folder, back, number == '.' ? "" : "/it");
    else
        snprintf(path, PATH_MAX, "%s/%c", folder, number);
}

static void write_every(const char *folder, const char *text) {
    char path[PATH_MAX];

    for (int number = 0; number <= NAMES; number++) {
        path_of_every(path, folder, number);
        if (number == '.') {
            mkdir(path, 0755);
            continue;
        }
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        if (fd < 0 || write(fd, text, strlen(text)) < 0 || close(fd) != 0)
            printf("unable to write %d: %s\n", number, strerror(errno));
    }
}

static void hold_every(const char *folder, const char *text) {
    char path[PATH_MAX], what[16];
    const struct dirent *entry;
    DIR *dir = opendir(folder);
    int count = 0;

    while (dir && (entry = readdir(dir)))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (dir)
        closedir(dir);
    printf("%d names\n", count);
    for (int number = 0; number <= NAMES; number++) {
        path_of_every(path, folder, number);
        int fd = number == '.' ? -1 : open(path, O_RDONLY | O_NONBLOCK);
        ssize_t len = fd < 0 ? -1 : read(fd, content, sizeof content);
        snprintf(what, sizeof what, "%d", number);
        if (number != '.' && (len != (ssize_t)strlen(text) || memcmp(content, text, (size_t)len) != 0))
            tell_content(what, content, len);
        if (fd >= 0)
            close(fd);
    }
}

static void obey(char *line) {
    const char *verb = strsep(&line, " "), *folder = strsep(&line, " ");

    if (strcmp(verb, "see") == 0 && line)
        see(folder, line);
    else if (strcmp(verb, "keep") == 0 && line)
        keep(folder, line);
    else if (strcmp(verb, "write") == 0 && line)
        write_every(folder, line);
    else if (strcmp(verb, "hold") == 0 && line)
        hold_every(folder, line);
    else if (strcmp(verb, "kept") == 0) {
        for (int i = 0; i < kept_count; i++)
            tell_kept(&all_kept[i]);
    } else if (strcmp(verb, "drop") == 0) {
        drop();
    } else {
        printf("no such command: %s\n", verb);
    }
}

int main(void) {
    static char line[262144];

    signal(SIGBUS, on_bus);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        obey(line);
        printf("end\n");
        fflush(stdout);
    }
    return 0;
}
