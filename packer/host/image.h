/* SPDX-License-Identifier: MIT */
/*
 * image: the files: an image that is read, and a draft that takes its place in one step. Edge.
 *
 * A draft is a new file beside its target. It starts as a copy of the image's first bytes, is
 * looked at and added to, and only draft_commit makes it visible: at any moment the target is the
 * old file or the whole new one. What is proven of a draft is proven of what will be installed.
 */
#ifndef PACKER_IMAGE_H
#define PACKER_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "lock.h"

/* Where an edge failed: the action that was impossible and its object; error is an errno. */
struct image_error {
    const char *action; /* "open", "write", ... */
    char object[1024];  /* a path, shortened if need be */
    int error;          /* EBUSY of "lock": another packer has it; ESTALE: changed during the run */
    long holder;        /* for EBUSY of "lock": its process id; 0: unknown */
};

struct image {
    int fd;
    char *path; /* resolved; "-" for standard input; owned */
    struct stat seen;
    const unsigned char *bytes; /* mapped; NULL when size is 0 */
    uint64_t size;
    struct lock lock; /* of image_lock */
};

/*
 * Opens and maps the image at path, links resolved; "-" is standard input, kept in a nameless
 * temporary file. Only regular files: else the error is EISDIR or EINVAL. 0 or -1 and *error.
 */
int image_open(struct image *image, const char *path, struct image_error *error);

/*
 * Takes the one lock for what is to be written from the image: target (target_resolve), or NULL for the image itself.
 * Held until image_close. Also an image_check: who changed the image before the lock is noticed.
 */
int image_lock(struct image *image, const char *target, struct image_error *error);

/* -1 (ESTALE) when the file is not what image_open saw: another size, time or file. */
int image_check(const struct image *image, struct image_error *error);

void image_close(struct image *image);

struct draft {
    int fd;
    char *path;                 /* of the draft; owned; NULL once committed or abandoned */
    char *target;               /* owned */
    const unsigned char *bytes; /* the copied part, mapped */
    uint64_t size;
    uint64_t mapped_bytes;
};

/*
 * Makes a draft for the file `target` (target_resolve; it need not exist) with the first `keep` bytes of image, after
 * removing what killed packers left in its folder. 0 or -1 and *error; then nothing is left behind.
 */
int draft_create(struct draft *draft, const struct image *image, const char *target, uint64_t keep,
                 struct image_error *error);

/* Adds size bytes at the end; NULL for zeros. */
int draft_append(struct draft *draft, const void *bytes, size_t size, struct image_error *error);

/* Gives the draft owner, mode, times, attributes and lists of `like`, and brings it to the disk. */
int draft_settle(struct draft *draft, const struct image *like, struct image_error *error);

/*
 * Puts the settled draft in the target's place, unless `like` was changed since it was opened (ESTALE), or something
 * other than a regular file has come there (EINVAL, "replace").
 */
int draft_commit(struct draft *draft, const struct image *like, struct image_error *error);

/* The same where there must be no file yet: EEXIST ("replace"), whoever made one in the meantime. */
int draft_commit_new(struct draft *draft, const struct image *like, struct image_error *error);

/* Removes a draft that was not committed; frees everything. Also after draft_commit. */
void draft_abandon(struct draft *draft);

/* A whole small file into memory, with a NUL behind; the caller frees. NULL and *error. EFBIG over max bytes.
 */
char *image_slurp(const char *path, size_t max, size_t *size, struct image_error *error);

#endif
