/* SPDX-License-Identifier: MIT */
/*
 * image: reads an image, and replaces it in one step. Edge.
 *
 * A draft is a new file in the folder of its target. draft_create copies the beginning of the image into it,
 * draft_append adds to it, and the caller verifies it. draft_commit then renames it: the target is at any moment either
 * the old file or the complete new one, and the new one holds the bytes that were verified.
 */
#ifndef PACKER_IMAGE_H
#define PACKER_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "lock.h"

/* What failed: "unable to ACTION OBJECT: strerror(error)". */
struct image_error {
    const char *action; /* "open", "write", ...; a constant */
    char object[1024];  /* a path, truncated if it is longer */
    int error;          /* an errno. EBUSY of "lock": another packer runs; ESTALE: the file changed during the run */
    long holder;        /* EBUSY of "lock": the other packer's process id, or 0 if it is unknown */
};

/* Writes all of size bytes to an open file, at offset. Returns 0 or -errno. */
int image_write(int fd, const void *bytes, uint64_t size, uint64_t offset);

/* Fills *error, with holder 0. Returns -1. */
int image_fail(struct image_error *error, const char *action, const char *object, int number);

struct image {
    int fd;
    char *path;                 /* without symbolic links; "-" for standard input; owned */
    struct stat seen;           /* when it was opened */
    const unsigned char *bytes; /* the mapping; NULL if size is 0 */
    uint64_t size;
    struct lock lock; /* taken by image_lock */
};

/*
 * Opens and maps the image at path and follows symbolic links. "-" copies standard input to an unnamed temporary file.
 * Returns 0, or -1 and *error: EISDIR for a directory, EINVAL for another file that is not regular, EFBIG for more than
 * 2 GiB of standard input. The caller calls image_close after success.
 */
int image_open(struct image *image, const char *path, struct image_error *error);

/*
 * Takes the lock of the file that will be written: target, a path from target_resolve, or the image itself if target is
 * NULL. image_close releases it. Then checks that the image did not change before the lock was taken. Returns 0, or -1
 * and *error: EBUSY ("lock") if another packer holds the lock, ESTALE as image_check.
 */
int image_lock(struct image *image, const char *target, struct image_error *error);

/* Returns 0 if the path still leads to the file that image_open saw, else -1 and ESTALE. Compares inode, size, times.
 */
int image_check(const struct image *image, struct image_error *error);

/* Unmaps, closes, unlocks and frees. A second call does nothing. */
void image_close(struct image *image);

struct draft {
    int fd;
    char *path;                 /* owned; NULL after draft_commit and draft_abandon */
    char *target;               /* the file that it replaces; owned */
    const unsigned char *bytes; /* the part that draft_create copied, mapped; NULL if it is empty */
    uint64_t size;
    uint64_t mapped_bytes;
};

/*
 * Creates a draft for the file `target` with the first `keep` bytes of image. target need not exist. First removes what
 * killed packers left in the folder. Returns 0, or -1 and *error; the caller calls draft_abandon after success.
 */
int draft_create(struct draft *draft, const struct image *image, const char *target, uint64_t keep,
                 struct image_error *error);

/* Appends size bytes, or size zeros if bytes is NULL. Returns 0, or -1 and *error. */
int draft_append(struct draft *draft, const void *bytes, size_t size, struct image_error *error);

/*
 * Copies owner, mode, times, extended attributes and access control lists from `like` to the draft, and writes it to
 * the disk. A user who may not change the owner keeps the draft. Returns 0, or -1 and *error.
 */
int draft_settle(struct draft *draft, const struct image *like, struct image_error *error);

/*
 * Renames the settled draft to its target and syncs the folder. Returns 0, or -1 and *error: ESTALE if `like` changed
 * since it was opened, EINVAL ("replace") if the target is no regular file any more. If only the sync of the folder
 * fails, the new file is in place all the same.
 */
int draft_commit(struct draft *draft, const struct image *like, struct image_error *error);

/* draft_commit for a target that must not exist. Fails with EEXIST ("replace") if it does. */
int draft_commit_new(struct draft *draft, const struct image *like, struct image_error *error);

/* Removes a draft that was not committed, and frees everything. Allowed after draft_commit, and needed there. */
void draft_abandon(struct draft *draft);

/*
 * Reads a file of at most max bytes into memory and puts a NUL behind it. The caller frees it. Returns NULL and *error
 * on failure: EFBIG if the file is larger.
 */
char *image_slurp(const char *path, size_t max, size_t *size, struct image_error *error);

#endif
