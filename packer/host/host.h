/* SPDX-License-Identifier: MIT */
/*
 * host: what macOS and Linux do differently; edge. darwin.c and linux.c each hold a whole
 * implementation and are empty on the other system.
 */
#ifndef PACKER_HOST_H
#define PACKER_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define HOST_DOCKER_APP "/Applications/Docker.app"
#define HOST_DOCKER_IMAGE HOST_DOCKER_APP "/Contents/Resources/moby/initrd.img"

/* Whether this is macOS, whose NFS server and Docker `doctor` can look at. */
bool host_is_mac(void);

/* Docker for Mac's image, or NULL where there is none by nature. A constant. */
const char *host_default_image(void);

/* The program's own file, links resolved, to path of size bytes. 0 or -errno. */
int host_program_path(char *path, size_t size);

/*
 * Makes the new file `to` share the blocks of the open file `from` (FICLONE, fclonefileat) and
 * opens it for reading and writing with O_EXCL and mode 0600. The descriptor, or -errno; -ENOTSUP
 * when the file system cannot, and then `to` does not exist.
 */
int host_clone(int from, const char *to);

/*
 * Copies the first size bytes of `from` to the empty file `to` inside the kernel, as far as that
 * goes. The number copied, or -errno; fewer than size when the rest needs read and write.
 */
int64_t host_copy(int from, int to, uint64_t size);

/* Extended attributes and access control lists from one open file to another. 0 or -errno. */
int host_copy_attributes(int from, int to);

/* To the disk itself, not only to its cache. 0 or -errno. */
int host_sync(int fd);

/*
 * One exclusive lock on the open file, held until it is closed. 0, -EWOULDBLOCK when another process has it,
 * or -errno; -ENOTSUP when the file system has no locks.
 */
int host_lock(int fd);

/* Nanoseconds since some moment of the past; no setting of the clock moves it. */
uint64_t host_monotonic_ns(void);

/* Gives the open file the time of `like`'s last change of data, to the nanosecond, or with NULL the present. 0 or
 * -errno. */
int host_set_times(int fd, const struct stat *like);

/* Nanoseconds of the last change of data, and of data or inode. */
uint64_t host_modified_ns(const struct stat *stat);
uint64_t host_changed_ns(const struct stat *stat);

/* Where the file systems are mounted, one by one. False: there are no more. */
bool host_mounted(size_t place, char *path, size_t size);

/* Whether nobody may change the file, the superuser neither (chflags uchg, schg; chattr +i). */
bool host_is_immutable(const char *path);

/* What to do about an error number of ours on this system, as one clause, or NULL. */
const char *host_hint(int error);

#endif
