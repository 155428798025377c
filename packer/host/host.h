/* SPDX-License-Identifier: MIT */
/*
 * host: the calls that differ between macOS and Linux. Edge. darwin.c and linux.c each implement all of them. Each file
 * is empty on the other system.
 */
#ifndef PACKER_HOST_H
#define PACKER_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define HOST_DOCKER_APP "/Applications/Docker.app"
#define HOST_DOCKER_IMAGE HOST_DOCKER_APP "/Contents/Resources/moby/initrd.img"

/* The path of Docker for Mac's image, a constant. NULL: this is not a Mac. */
const char *host_default_image(void);

/*
 * Writes the path of this program's file, without symbolic links, to path of size bytes. Returns 0 or -errno;
 * -ENAMETOOLONG if it does not fit.
 */
int host_program_path(char *path, size_t size);

/*
 * Creates the file `to` with mode 0600 as a clone of the open file `from`, and opens it for reading and writing. The
 * two files share their blocks. Returns the descriptor, or -errno: -EEXIST if `to` exists, -ENOTSUP if the file system
 * cannot clone. On failure no file is left behind. Sources: ioctl_ficlone(2), clonefile(2).
 */
int host_clone(int from, const char *to);

/*
 * Copies the first size bytes of `from` to the empty file `to` inside the kernel (copy_file_range(2)). Returns the
 * number of bytes copied, or -errno. The caller copies the rest with read and write. Always 0 on macOS.
 */
int64_t host_copy(int from, int to, uint64_t size);

/*
 * Copies extended attributes and access control lists from one open file to another. Returns 0 or -errno. Attributes
 * that the system reserves for itself (security.*, com.apple.*) are skipped.
 */
int host_copy_attributes(int from, int to);

/* Writes the file to the disk. On macOS this includes the disk's own cache (F_FULLFSYNC). Returns 0 or -errno. */
int host_sync(int fd);

/*
 * Takes an exclusive flock(2) on the open file. Closing the file releases it. Returns 0, -EWOULDBLOCK if somebody else
 * holds the lock, -ENOTSUP if the file system has no locks, or another -errno.
 */
int host_lock(int fd);

/* Nanoseconds since an arbitrary moment. Setting the clock does not change it. */
uint64_t host_monotonic_ns(void);

/*
 * Sets both times of the open file to the modification time of `like`, or to the present if `like` is NULL. The
 * precision is a nanosecond; before macOS 10.13, a microsecond. Returns 0 or -errno.
 */
int host_set_times(int fd, const struct stat *like);

/* The modification time and the status change time (st_mtime, st_ctime), in nanoseconds since 1970. */
uint64_t host_modified_ns(const struct stat *stat);
uint64_t host_changed_ns(const struct stat *stat);

/*
 * Writes the mount point number `place`, counted from 0, to path of size bytes. Returns false after the last one, and
 * for a mount point that does not fit.
 */
bool host_mounted(size_t place, char *path, size_t size);

/*
 * True if a flag keeps everybody, root included, from changing the file (chflags uchg, schg; chattr +i). False also if
 * the flags cannot be read.
 */
bool host_is_immutable(const char *path);

/* What the user can do about errno `error` on this system: one clause, a constant, or NULL. */
const char *host_hint(int error);

#endif
