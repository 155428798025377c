/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "jails.h"

#include "own.h"
#include "../mount/refresh.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>

#define KEEPS JAIL_IS /* -1 keeps the id */

/* For open sockets, waiting and the time. read(2) is for inotify, and reads files without memory (refresh.c). There is
 * no write(2). */
static const uint16_t actor_calls[] = {
    SYS_read,
    SYS_recvfrom,
    SYS_sendto,
    SYS_ppoll,
    SYS_accept4,
    SYS_close,
    SYS_fstat,
    SYS_faccessat,
    SYS_newfstatat,
    SYS_inotify_add_watch,
    SYS_inotify_rm_watch,
    SYS_fadvise64,
    SYS_madvise,
    SYS_brk,
    SYS_clock_gettime,
    SYS_gettimeofday,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_rt_sigreturn,
    SYS_restart_syscall, /* see jail.c */
    SYS_exit,
    SYS_exit_group,
#ifdef SYS_poll
    SYS_poll,
    SYS_lstat,
#endif
};

#define REOPEN (O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_LARGEFILE)

static const struct jail_limited actor_limited[] = {
    JAIL_CALL(SYS_openat, {2, ~(uint32_t)(O_DIRECTORY | O_LARGEFILE), O_PATH | O_NOFOLLOW | O_CLOEXEC}),
    JAIL_CALL(SYS_openat, {2, ~(uint32_t)(O_LARGEFILE | O_DIRECT), (REOPEN & ~O_LARGEFILE) | O_RDONLY}),
    JAIL_CALL(SYS_openat, {2, ~(uint32_t)O_LARGEFILE, (REOPEN & ~O_LARGEFILE) | O_WRONLY}),
    JAIL_CALL(SYS_setresuid, {0, ~((1u << REFRESH_UID_BITS) - 1), REFRESH_UID_FIRST}, KEEPS(1, -1), KEEPS(2, -1)),
    JAIL_CALL(SYS_fchownat, KEEPS(3, -1), JAIL_IS(4, AT_EMPTY_PATH)),
    JAIL_CALL(SYS_setitimer, JAIL_IS(0, ITIMER_REAL)),
    JAIL_CALL(SYS_fcntl, JAIL_IS(1, F_DUPFD_CLOEXEC)),
    JAIL_CALL(SYS_fcntl, JAIL_IS(1, F_SETFD)),
};

const struct jail jail_actor = {
    .allowed = actor_calls,
    .allowed_count = JAIL_LENGTH(actor_calls),
    .limited = actor_limited,
    .limited_count = JAIL_LENGTH(actor_limited),
    .capabilities = UINT64_C(1) << CAP_SETUID,
    .files_max = OWN_FOLDERS_MAX + 64,
    .memory_max = 64u << 20,
};

static const uint16_t scanner_calls[] = {
    SYS_read,       SYS_recvfrom,      SYS_sendto, SYS_close,      SYS_fstat,        SYS_newfstatat,
    SYS_getdents64, SYS_readlinkat,    SYS_lseek,  SYS_mremap,     SYS_munmap,       SYS_brk,
    SYS_madvise,    SYS_clock_gettime, SYS_exit,   SYS_exit_group, SYS_rt_sigreturn, SYS_rt_sigprocmask,
};

static const struct jail_limited scanner_limited[] = {
    JAIL_CALL(SYS_openat, {2, ~(uint32_t)(O_DIRECTORY | O_CLOEXEC | O_LARGEFILE), O_RDONLY}),
    JAIL_CALL(SYS_mmap, {2, PROT_EXEC, 0}),
    JAIL_CALL(SYS_fcntl, JAIL_IS(1, F_SETFD)),
    JAIL_CALL(SYS_fcntl, JAIL_IS(1, F_GETFL)),
};

const struct jail jail_scanner = {
    .allowed = scanner_calls,
    .allowed_count = JAIL_LENGTH(scanner_calls),
    .limited = scanner_limited,
    .limited_count = JAIL_LENGTH(scanner_limited),
    .capabilities = UINT64_C(1) << CAP_SYS_PTRACE | UINT64_C(1) << CAP_DAC_READ_SEARCH,
    .keep_user = true,
    .files_max = 32,
    .memory_max = 64u << 20,
};
