/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "refresh.h"

#include "../system/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static void link_name(int fd, char name[16]) {
    snprintf(name, 16, "%d", fd);
}

/* musl's wrappers make calls that the actor's jail does not allow. */
static int ask_as_new_uid(void) {
    uint32_t uid = REFRESH_UID_FIRST + (uint32_t)(clock_us() / REFRESH_UID_US & ((1 << REFRESH_UID_BITS) - 1));

    return syscall(SYS_setresuid, uid, -1, -1) == 0 ? 0 : -errno;
}

int refresh_object(const struct walk_mount *mount, int object) {
    char name[16];
    int error = ask_as_new_uid();

    if (error)
        return error;
    link_name(object, name);
    if (syscall(SYS_faccessat, mount->links, name, R_OK) == 0 || errno == EACCES)
        return 0;
    return -errno;
}

int refresh_reopen(const struct walk_mount *mount, int object, int flags) {
    char name[16];

    link_name(object, name);
    int fd = openat(mount->links, name, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/* Makes the system call itself: a compiler warns of read(2) with NULL. */
static void read_into_nothing(int fd, size_t bytes) {
    syscall(SYS_read, fd, NULL, bytes);
}

/* A read of 0 bytes makes the client compare the times and drop old pages, mapped ones too. POSIX_FADV_DONTNEED drops
 * the pages that look the same, but no mapped ones. An O_DIRECT read unmaps these first, and then fails without memory.
 */
void refresh_content(const struct walk_mount *mount, int file, bool is_coarse) {
    int fd = refresh_reopen(mount, file, O_RDONLY);

    if (fd < 0)
        return;
    read_into_nothing(fd, 0);
    int direct = is_coarse ? refresh_reopen(mount, file, O_RDONLY | O_DIRECT) : -1;
    if (direct >= 0) {
        read_into_nothing(direct, 1);
        posix_fadvise(direct, 0, 0, POSIX_FADV_DONTNEED);
        close(direct);
    }
    close(fd);
}

void refresh_list(const struct walk_mount *mount, int folder) {
    int fd = refresh_reopen(mount, folder, O_RDONLY);

    if (fd < 0)
        return;
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
}
