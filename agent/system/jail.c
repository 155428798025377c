/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534

/* A sanitizer needs terabytes of address space, and writes its report inside the jail. In the agent of `make asan`
 * alone, the filter kills nobody and these two limits are off. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define MEMORY_MAX(bytes) RLIM_INFINITY
#define FILE_SIZE_MAX RLIM_INFINITY
#define OUTSIDE SECCOMP_RET_ALLOW
#endif
#endif
#ifndef OUTSIDE
#define MEMORY_MAX(bytes) (bytes)
#define FILE_SIZE_MAX 0
#define OUTSIDE SECCOMP_RET_KILL
#endif

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "the system call filter does not know this architecture"
#endif

/* Keeps a lower limit: this process cannot raise it, and it may be enough. */
static int set_limit(int resource, rlim_t wanted) {
    struct rlimit limit;

    if (getrlimit((__typeof__(RLIMIT_AS))resource, &limit) != 0)
        return -errno;
    if (limit.rlim_max > wanted)
        limit.rlim_max = wanted;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit((__typeof__(RLIMIT_AS))resource, &limit) == 0 ? 0 : -errno;
}

static int set_limits(const struct jail *jail) {
    const struct {
        int resource;
        rlim_t limit;
    } limits[] = {
        {RLIMIT_AS, MEMORY_MAX(jail->memory_max)},
        {RLIMIT_NOFILE, jail->files_max},
        {RLIMIT_FSIZE, FILE_SIZE_MAX},
        {RLIMIT_CORE, 0},
        {RLIMIT_NPROC, 0},
    };

    for (size_t i = 0; i < JAIL_LENGTH(limits); i++) {
        int error = set_limit(limits[i].resource, limits[i].limit);
        if (error != 0)
            return error;
    }
    return 0;
}

static int drop_user(const struct jail *jail) {
    if (geteuid() != 0)
        return 0;
    for (int capability = 0; prctl(PR_CAPBSET_DROP, capability) == 0; capability++)
        ;
    if (jail->keep_user)
        return setgroups(0, NULL) == 0 ? 0 : -errno;
    if (prctl(PR_SET_KEEPCAPS, jail->capabilities != 0) != 0)
        return -errno;
    if (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)
        return -errno;
    return 0;
}

/* A process that was not root keeps none. */
static int drop_capabilities(const struct jail *jail, bool was_root) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct kept[2] = {{0, 0, 0}, {0, 0, 0}};

    for (int half = 0; half < 2 && was_root; half++)
        kept[half].effective = kept[half].permitted = (uint32_t)(jail->capabilities >> 32 * half);
    return syscall(SYS_capset, &header, kept) == 0 ? 0 : -errno;
}

/* For resolving a name, sockets, memory and the time. After a stop or a freeze, the kernel resumes an interrupted wait
 * by restart_syscall(2). */
static const uint16_t allowed[] = {
    SYS_read,         SYS_write,     SYS_readv,         SYS_writev,          SYS_close,
    SYS_lseek,        SYS_fstat,     SYS_brk,           SYS_munmap,          SYS_mremap,
    SYS_madvise,      SYS_connect,   SYS_bind,          SYS_sendto,          SYS_recvfrom,
    SYS_sendmsg,      SYS_recvmsg,   SYS_getsockname,   SYS_getpeername,     SYS_setsockopt,
    SYS_getsockopt,   SYS_shutdown,  SYS_ppoll,         SYS_rt_sigaction,    SYS_rt_sigprocmask,
    SYS_rt_sigreturn, SYS_nanosleep, SYS_clock_gettime, SYS_gettimeofday,    SYS_clock_nanosleep,
    SYS_futex,        SYS_getpid,    SYS_gettid,        SYS_getuid,          SYS_geteuid,
    SYS_getgid,       SYS_getegid,   SYS_getrlimit,     SYS_newfstatat,      SYS_exit,
    SYS_exit_group,   SYS_uname,     SYS_getgroups,     SYS_restart_syscall,
#ifdef SYS_poll
    SYS_poll,         SYS_stat,      SYS_lstat,         SYS_access,          SYS_time,
#endif
};

#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)
#define EXECUTABLE 4 /* PROT_EXEC */

#define SOCKET(domain, type, protocol)                                                                                 \
    JAIL_CALL(SYS_socket, JAIL_IS(0, domain), {1, SOCKET_TYPE, type}, JAIL_IS(2, protocol))
#define SOCKET_TYPE (~(uint32_t)(SOCK_CLOEXEC | SOCK_NONBLOCK))

/* Files are for resolv.conf and hosts, and can only be read. */
static const struct jail_limited limited[] = {
    JAIL_CALL(SYS_openat, {2, WRITING, 0}),
#ifdef SYS_open
    JAIL_CALL(SYS_open, {1, WRITING, 0}),
#endif
    JAIL_CALL(SYS_mmap, {2, EXECUTABLE, 0}),
    JAIL_CALL(SYS_mprotect, {2, EXECUTABLE, 0}),
    JAIL_CALL(SYS_prlimit64, JAIL_IS(0, 0)), /* its own limits alone: every probe has the uid nobody */
    JAIL_CALL(SYS_fcntl, {1, ~3u, 0}),       /* up to F_GETFL: locks block others, and F_SETOWN signals another probe */
    JAIL_CALL(SYS_fcntl, JAIL_IS(1, F_SETFL)),
    SOCKET(AF_INET, SOCK_STREAM, 0), /* IPPROTO_MPTCP, for example, would open up much code of the kernel */
    SOCKET(AF_INET, SOCK_STREAM, IPPROTO_TCP),
    SOCKET(AF_INET6, SOCK_STREAM, 0),
    SOCKET(AF_INET6, SOCK_STREAM, IPPROTO_TCP),
    SOCKET(AF_INET, SOCK_DGRAM, 0), /* the resolver uses UDP */
    SOCKET(AF_INET, SOCK_DGRAM, IPPROTO_UDP),
    SOCKET(AF_INET6, SOCK_DGRAM, 0),
    SOCKET(AF_INET6, SOCK_DGRAM, IPPROTO_UDP),
    JAIL_CALL(SYS_ioctl, JAIL_IS(1, FIONREAD)),
    JAIL_CALL(SYS_ioctl, JAIL_IS(1, FIONBIO)),
    /* if_nametoindex() and if_indextoname(), for a zone alone. */
    SOCKET(AF_UNIX, SOCK_DGRAM, 0),
    JAIL_CALL(SYS_ioctl, JAIL_IS(1, SIOCGIFINDEX)),
    JAIL_CALL(SYS_ioctl, JAIL_IS(1, SIOCGIFNAME)),
};

enum { FOR_ZONES = 3 }; /* the table's last rows */

#define NETWORK(rows)                                                                                                  \
    {                                                                                                                  \
        .allowed = allowed, .allowed_count = JAIL_LENGTH(allowed), .limited = limited, .limited_count = (rows),        \
        .files_max = 32, .memory_max = 64u << 20                                                                       \
    }

const struct jail jail_network = NETWORK(JAIL_LENGTH(limited) - FOR_ZONES);
static const struct jail with_zones = NETWORK(JAIL_LENGTH(limited));

const struct jail *jail_for_server(const char *server) {
    return strchr(server, '%') ? &with_zones : &jail_network;
}

#define DATA(field) ((uint32_t)offsetof(struct seccomp_data, field))
/* The low half of an argument, on the little-endian machines that ARCH allows. */
#define ARGUMENT(n) ((uint32_t)(offsetof(struct seccomp_data, args) + (n) * sizeof(uint64_t)))
#define LOAD(offset) (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define AND(mask) (struct sock_filter) BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask)
#define IF_EQUAL(value, yes, no) (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define END(value) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, value)

#define FILTER_MAX 512

struct filter {
    struct sock_filter code[FILTER_MAX];
    unsigned short count;
    bool cut;
};

static void add(struct filter *filter, struct sock_filter instruction) {
    if (filter->count < FILTER_MAX)
        filter->code[filter->count++] = instruction;
    else
        filter->cut = true;
}

/* Another call, or one that fails a test, goes on after this row. */
static void add_limited(struct filter *filter, const struct jail_limited *row) {
    uint8_t left = (uint8_t)(3 * row->test_count + 1); /* instructions to the row's end */

    add(filter, LOAD(DATA(nr)));
    add(filter, IF_EQUAL(row->call, 0, left));
    for (uint16_t i = 0; i < row->test_count; i++) {
        left = (uint8_t)(left - 3);
        add(filter, LOAD(ARGUMENT(row->tests[i].n)));
        add(filter, AND(row->tests[i].mask));
        add(filter, IF_EQUAL(row->tests[i].value, 0, left));
    }
    add(filter, END(SECCOMP_RET_ALLOW));
}

static int set_filter(const struct jail *jail) {
    struct filter filter = {.count = 0};

    add(&filter, LOAD(DATA(arch)));
    add(&filter, IF_EQUAL(ARCH, 1, 0));
    add(&filter, END(OUTSIDE));
    for (size_t i = 0; i < jail->limited_count; i++)
        add_limited(&filter, &jail->limited[i]);
    add(&filter, LOAD(DATA(nr)));
    for (size_t i = 0; i < jail->allowed_count; i++) {
        add(&filter, IF_EQUAL(jail->allowed[i], 0, 1));
        add(&filter, END(SECCOMP_RET_ALLOW));
    }
    add(&filter, END(OUTSIDE));
    if (filter.cut)
        return -E2BIG;
    struct sock_fprog program = {.len = filter.count, .filter = filter.code};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0 && errno != EINVAL) /* EINVAL: not built in */
        return -errno;
    return 0;
}

/* A change of the user clears the parent's death signal (kernel/cred.c). Without the signal, a child that waits for a
 * silent server would outlive a killed parent. `parent` may have died already. */
static int die_with(pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return -errno;
    return getppid() == parent ? 0 : -ESRCH;
}

int jail_enter(const struct jail *jail) {
    pid_t parent = getppid();
    bool was_root = geteuid() == 0;
    int error;

    if ((error = drop_user(jail)) != 0 || (error = die_with(parent)) != 0 ||
        (error = drop_capabilities(jail, was_root)) != 0 || (error = set_limits(jail)) != 0)
        return error;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return -errno;
    return set_filter(jail);
}
