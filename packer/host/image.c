/* SPDX-License-Identifier: MIT */
/* Opens, maps and locks images. Drafts are in draft.c. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "image.h"

#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SPOOL_PIECE_BYTES 65536u
#define WRITE_PIECE_BYTES (1u << 20)
#define SPOOL_MAX_BYTES (UINT64_C(2) << 30) /* an endless standard input must not fill the disk */

int image_fail(struct image_error *error, const char *action, const char *object, int number) {
    *error = (struct image_error){.action = action, .error = number};
    snprintf(error->object, sizeof(error->object), "%s", object);
    return -1;
}

int image_write(int fd, const void *bytes, uint64_t size, uint64_t offset) {
    const unsigned char *from = bytes;

    while (size) {
        size_t piece = size < WRITE_PIECE_BYTES ? (size_t)size : WRITE_PIECE_BYTES;
        ssize_t done = pwrite(fd, from, piece, (off_t)offset);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -errno;
        from += done;
        offset += (uint64_t)done;
        size -= (uint64_t)done;
    }
    return 0;
}

static int map(struct image *image, struct image_error *error) {
    void *bytes;

    image->bytes = NULL;
    image->size = (uint64_t)image->seen.st_size;
    if (image->size == 0)
        return 0;
    if (image->size > SIZE_MAX)
        return image_fail(error, "map", image->path, EFBIG);
    bytes = mmap(NULL, (size_t)image->size, PROT_READ, MAP_SHARED, image->fd, 0);
    if (bytes == MAP_FAILED)
        return image_fail(error, "map", image->path, errno);
    posix_madvise(bytes, (size_t)image->size, POSIX_MADV_SEQUENTIAL);
    image->bytes = bytes;
    return 0;
}

static void unmap(struct image *image) {
    if (image->bytes)
        munmap((void *)(uintptr_t)image->bytes, (size_t)image->size);
    image->bytes = NULL;
}

/* Copies standard input to an unnamed file. Returns its descriptor, or -errno. */
static int spool(void) {
    FILE *file = tmpfile();
    char piece[SPOOL_PIECE_BYTES];
    uint64_t size = 0;
    int rc = 0;
    int fd;

    if (!file)
        return -errno;
    fd = dup(fileno(file));
    if (fd < 0)
        rc = -errno;
    while (rc == 0) {
        ssize_t got = read(STDIN_FILENO, piece, sizeof(piece));

        if (got == 0)
            break;
        if (got < 0) {
            rc = errno == EINTR ? 0 : -errno;
            continue;
        }
        rc = (uint64_t)got > SPOOL_MAX_BYTES - size ? -EFBIG : image_write(fd, piece, (uint64_t)got, size);
        size += (uint64_t)got;
    }
    fclose(file);
    if (rc && fd >= 0)
        close(fd);
    return rc ? rc : fd;
}

static int open_path(struct image *image, const char *path, struct image_error *error) {
    if (strcmp(path, "-") == 0) {
        image->path = strdup("-");
        image->fd = spool();
        return image->fd < 0 ? image_fail(error, "read", "standard input", -image->fd) : 0;
    }
    image->path = realpath(path, NULL);
    if (!image->path)
        return image_fail(error, "open", path, errno);
    /* Without O_NONBLOCK, open(2) of a fifo would block. image_open rejects it after fstat(2). */
    image->fd = open(image->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (image->fd < 0 && (errno == ENXIO || errno == EOPNOTSUPP)) /* a socket: ENXIO on Linux, EOPNOTSUPP on macOS */
        return image_fail(error, "read", path, EINVAL);
    return image->fd < 0 ? image_fail(error, "open", path, errno) : 0;
}

int image_open(struct image *image, const char *path, struct image_error *error) {
    *image = (struct image){.fd = -1, .lock.fd = -1};
    if (open_path(image, path, error) < 0)
        goto out;
    if (fstat(image->fd, &image->seen) < 0) {
        image_fail(error, "stat", path, errno);
        goto out;
    }
    if (!S_ISREG(image->seen.st_mode)) {
        image_fail(error, "read", path, S_ISDIR(image->seen.st_mode) ? EISDIR : EINVAL);
        goto out;
    }
    if (map(image, error) == 0)
        return 0;
out:
    image_close(image);
    return -1;
}

static bool is_same(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           host_modified_ns(a) == host_modified_ns(b) && host_changed_ns(a) == host_changed_ns(b);
}

int image_check(const struct image *image, struct image_error *error) {
    struct stat now;

    if (stat(image->path, &now) < 0 || !is_same(&now, &image->seen))
        return image_fail(error, "use", image->path, ESTALE);
    return 0;
}

int image_lock(struct image *image, const char *target, struct image_error *error) {
    if (lock_take(&image->lock, target ? target : image->path, error) < 0)
        return -1;
    return image_check(image, error);
}

void image_close(struct image *image) {
    unmap(image);
    if (image->fd >= 0)
        close(image->fd);
    image->fd = -1;
    lock_drop(&image->lock);
    free(image->path);
    image->path = NULL;
}

char *image_slurp(const char *path, size_t max, size_t *size, struct image_error *error) {
    struct image file;
    char *copy = NULL;

    if (image_open(&file, path, error) < 0)
        return NULL;
    if (file.size > max) {
        image_fail(error, "read", path, EFBIG);
    } else {
        copy = malloc((size_t)file.size + 1);
        if (!copy)
            image_fail(error, "read", path, ENOMEM);
    }
    if (copy) {
        *size = (size_t)file.size;
        if (file.size)
            memcpy(copy, file.bytes, *size);
        copy[*size] = '\0';
    }
    image_close(&file);
    return copy;
}
