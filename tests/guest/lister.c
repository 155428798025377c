/* SPDX-License-Identifier: MIT */
/*
 * The /init of the corpus test: prints what the kernel made of the image, a line for each name, and turns the
 * machine off. The lines have the form of `usermount-pack inspect --list --porcelain`, but for facts that only the
 * packer knows (segments) and with the kernel's own inode numbers.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define CONSOLE "/.console"

static void put_word(const char *text) {
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at <= ' ' || *at > '~' || *at == '=' || *at == '\\')
            printf("\\%03o", *at);
        else
            putchar(*at);
    }
}

static uint32_t crc_of(const char *path) {
    static unsigned char piece[65536];
    uint32_t crc = 0xffffffffu;
    int fd = open(path, O_RDONLY);
    ssize_t got;

    while (fd >= 0 && (got = read(fd, piece, sizeof(piece))) > 0) {
        for (ssize_t i = 0; i < got; i++) {
            crc ^= piece[i];
            for (int bit = 0; bit < 8; bit++)
                crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
        }
    }
    if (fd >= 0)
        close(fd);
    return ~crc;
}

static char letter(mode_t mode) {
    return S_ISDIR(mode)    ? 'd'
           : S_ISLNK(mode)  ? 'l'
           : S_ISBLK(mode)  ? 'b'
           : S_ISCHR(mode)  ? 'c'
           : S_ISFIFO(mode) ? 'p'
           : S_ISSOCK(mode) ? 's'
                            : 'f';
}

static void put_entry(const char *path, const struct stat *st) {
    char target[4097];
    ssize_t length;

    fputs("path=", stdout);
    put_word(path + 1);
    printf(" inode=%llu type=%c mode=%04o uid=%u gid=%u size=%lld links=%u", (unsigned long long)st->st_ino,
           letter(st->st_mode), st->st_mode & 07777, st->st_uid, st->st_gid,
           S_ISREG(st->st_mode) || S_ISLNK(st->st_mode) ? (long long)st->st_size : 0LL,
           S_ISDIR(st->st_mode) ? 1u : (unsigned int)st->st_nlink);
    if (S_ISREG(st->st_mode))
        printf(" crc32=%08x", crc_of(path));
    if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
        printf(" device=%u:%u", major(st->st_rdev), minor(st->st_rdev));
    if (S_ISLNK(st->st_mode)) {
        length = readlink(path, target, sizeof(target) - 1);
        target[length < 0 ? 0 : length] = '\0';
        fputs(" target=", stdout);
        put_word(target);
    }
    putchar('\n');
}

static void list(const char *directory) {
    DIR *stream = opendir(*directory ? directory : "/");
    struct dirent *entry;

    while (stream && (entry = readdir(stream))) {
        size_t size = strlen(directory) + 1 + strlen(entry->d_name) + 1;
        char *path = malloc(size);
        struct stat st;

        if (!path)
            abort();
        snprintf(path, size, "%s/%s", directory, entry->d_name);
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") && strcmp(path, CONSOLE) && !lstat(path, &st)) {
            put_entry(path, &st);
            if (S_ISDIR(st.st_mode))
                list(path);
        }
        free(path);
    }
    if (stream)
        closedir(stream);
}

int main(void) {
    int fd;

    /* Not the image's own console: an image may do anything to that. */
    mknod(CONSOLE, S_IFCHR | 0600, makedev(5, 1));
    fd = open(CONSOLE, O_WRONLY | O_NOCTTY);
    unlink(CONSOLE);
    if (fd >= 0 && fd != 1)
        dup2(fd, 1);
    puts("LIST BEGINS");
    list("");
    puts("LIST ENDS");
    fflush(stdout);
    sync();
    reboot(RB_POWER_OFF);
    return 1;
}
