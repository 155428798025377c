/* SPDX-License-Identifier: MIT */
/*
 * osxfs's stand-in: a FUSE file system of the type fuse.osxfs on the folder given, with one empty file in it. Like
 * transfused it gives up when that folder is neither missing nor empty. It stays in the background until it is unmounted.
 * From SIGUSR1 on it takes every call and answers none: who has called cannot even be killed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char file_name[] = "from-osxfs";
enum { ROOT = 1, FILE_NODE = 2 };

static volatile sig_atomic_t silent;

static void be_silent(int number) {
    (void)number;
    silent = 1;
}

static int occupied(const char *path) {
    DIR *dir = opendir(path);
    struct dirent *entry;
    int names = 0;

    while (dir && (entry = readdir(dir)))
        names += entry->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return names > 0;
}

static void reply(int fd, const struct fuse_in_header *in, int error, const void *body, size_t size) {
    struct fuse_out_header out = {.len = (unsigned)(sizeof out + size), .error = -error, .unique = in->unique};
    struct iovec parts[2] = {{&out, sizeof out}, {(void *)body, size}};

    if (writev(fd, parts, 2) < 0)
        return; /* the caller was interrupted and waits no longer */
}

static struct fuse_attr attributes(unsigned long node) {
    return (struct fuse_attr){.ino = node, .mode = node == ROOT ? S_IFDIR | 0755 : S_IFREG | 0644, .nlink = 1};
}

static void lookup(int fd, const struct fuse_in_header *in, const char *name) {
    struct fuse_entry_out entry = {.nodeid = FILE_NODE, .attr = attributes(FILE_NODE)};

    reply(fd, in, strcmp(name, file_name) ? ENOENT : 0, &entry, strcmp(name, file_name) ? 0 : sizeof entry);
}

static void list(int fd, const struct fuse_in_header *in, const struct fuse_read_in *read) {
    union {
        struct fuse_dirent entry;
        char bytes[40]; /* the entry, its name, and padding to 8 */
    } one = {.entry = {.ino = FILE_NODE, .off = 1, .namelen = sizeof file_name - 1, .type = DT_REG}};

    memcpy(one.bytes + sizeof one.entry, file_name, sizeof file_name - 1);
    reply(fd, in, 0, &one, read->offset ? 0 : sizeof one);
}

static void answer(int fd, const struct fuse_in_header *in) {
    const struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096};
    const struct fuse_attr_out attr = {.attr = attributes(in->nodeid)};
    const struct fuse_open_out open = {0};
    const struct fuse_statfs_out statfs = {.st = {.bsize = 4096, .namelen = 255}};

    switch (in->opcode) {
    case FUSE_INIT: reply(fd, in, 0, &init, sizeof init); break;
    case FUSE_GETATTR: reply(fd, in, 0, &attr, sizeof attr); break;
    case FUSE_LOOKUP: lookup(fd, in, (const char *)(in + 1)); break;
    case FUSE_OPEN:
    case FUSE_OPENDIR: reply(fd, in, 0, &open, sizeof open); break;
    case FUSE_READDIR: list(fd, in, (const struct fuse_read_in *)(in + 1)); break;
    case FUSE_STATFS: reply(fd, in, 0, &statfs, sizeof statfs); break;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET: break;
    case FUSE_RELEASE:
    case FUSE_RELEASEDIR: reply(fd, in, 0, NULL, 0); break;
    default: reply(fd, in, ENOSYS, NULL, 0);
    }
}

int main(int argc, char **argv) {
    static _Alignas(8) char request[FUSE_MIN_READ_BUFFER + 4096];
    char data[64];
    int fd = open("/dev/fuse", O_RDWR);

    if (argc != 2 || fd < 0)
        return 1;
    if (occupied(argv[1])) {
        fprintf(stderr, "transfused: %s is not empty: gives up all shares\n", argv[1]);
        return 1;
    }
    mkdir(argv[1], 0755);
    snprintf(data, sizeof data, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
    if (mount("osxfs", argv[1], "fuse.osxfs", MS_NOSUID | MS_NODEV, data)) {
        perror("transfused: mount");
        return 1;
    }
    if (fork())
        return 0;
    setsid();
    signal(SIGUSR1, be_silent);
    while (read(fd, request, sizeof request) > 0)
        if (!silent)
            answer(fd, (const struct fuse_in_header *)request);
    return 0;
}
