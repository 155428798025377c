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
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534
#define FILES_MAX 32

/* A sanitizer keeps terabytes of shadow, and writes its report from where it stands: in the agent that `make asan`
 * builds, and in no other, the filter kills nobody, and these two limits are none. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define MEMORY_MAX RLIM_INFINITY
#define FILE_SIZE_MAX RLIM_INFINITY
#define OUTSIDE SECCOMP_RET_ALLOW
#endif
#endif
#ifndef OUTSIDE
#define MEMORY_MAX (64u << 20)
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

static int set_limits(void) {
    static const struct {
        int resource;
        rlim_t limit;
    } limits[] = {
        {RLIMIT_AS, MEMORY_MAX}, {RLIMIT_NOFILE, FILES_MAX}, {RLIMIT_FSIZE, FILE_SIZE_MAX},
        {RLIMIT_CORE, 0},        {RLIMIT_NPROC, 0},
    };

    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct rlimit limit = {limits[i].limit, limits[i].limit};
        if (setrlimit((__typeof__(RLIMIT_AS))limits[i].resource, &limit) != 0)
            return -errno;
    }
    return 0;
}

static int drop_user(void) {
    if (geteuid() != 0)
        return 0;
    for (int capability = 0; prctl(PR_CAPBSET_DROP, capability) == 0; capability++)
        ;
    if (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)
        return -errno;
    return 0;
}

static int drop_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};

    return syscall(SYS_capset, &header, none) == 0 ? 0 : -errno;
}

/* What resolving a name, talking over sockets, keeping memory and telling the time need. */
static const uint16_t allowed[] = {
    SYS_read,           SYS_write,        SYS_readv,      SYS_writev,        SYS_close,        SYS_lseek,
    SYS_fstat,          SYS_brk,          SYS_munmap,     SYS_mremap,        SYS_madvise,      SYS_connect,
    SYS_bind,           SYS_sendto,       SYS_recvfrom,   SYS_sendmsg,       SYS_recvmsg,      SYS_getsockname,
    SYS_getpeername,    SYS_setsockopt,   SYS_getsockopt, SYS_shutdown,      SYS_ppoll,        SYS_rt_sigaction,
    SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_nanosleep,  SYS_clock_gettime, SYS_gettimeofday, SYS_clock_nanosleep,
    SYS_futex,          SYS_getpid,       SYS_gettid,     SYS_getuid,        SYS_geteuid,      SYS_getgid,
    SYS_getegid,        SYS_getrlimit,    SYS_newfstatat, SYS_exit,          SYS_exit_group,   SYS_uname,
    SYS_getgroups,
#ifdef SYS_poll
    SYS_poll,           SYS_stat,         SYS_lstat,      SYS_access,        SYS_time,
#endif
};

#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)
#define EXECUTABLE 4 /* PROT_EXEC */
#define ALL_BITS UINT32_MAX

/* Calls that are harmless with some arguments only: allowed where argument `n`, of which `mask` is looked at, is
 * `value`. Files are for resolv.conf and hosts, and only read. */
static const struct {
    uint16_t call;
    uint8_t n;
    uint32_t mask;
    uint32_t value;
} limited[] = {
    {SYS_openat, 2, WRITING, 0},
#ifdef SYS_open
    {SYS_open, 1, WRITING, 0},
#endif
    {SYS_mmap, 2, EXECUTABLE, 0},
    {SYS_mprotect, 2, EXECUTABLE, 0},
    {SYS_prlimit64, 0, ALL_BITS, 0}, /* its own limits; another probe's are a nobody's too */
    {SYS_fcntl, 1, ~7u, 0},          /* up to F_SETLKW; F_SETOWN and F_SETSIG would signal another probe */
    {SYS_socket, 0, ALL_BITS, AF_INET},
    {SYS_socket, 0, ALL_BITS, AF_INET6},
    {SYS_socket, 0, ALL_BITS, AF_UNIX}, /* if_nametoindex() asks for a zone's number through one */
    {SYS_ioctl, 1, ALL_BITS, FIONREAD},
    {SYS_ioctl, 1, ALL_BITS, FIONBIO},
    {SYS_ioctl, 1, ALL_BITS, SIOCGIFINDEX},
    {SYS_ioctl, 1, ALL_BITS, SIOCGIFNAME},
};

#define ALLOWED (sizeof allowed / sizeof allowed[0])
#define LIMITED (sizeof limited / sizeof limited[0])
#define DATA(field) ((uint32_t)offsetof(struct seccomp_data, field))
/* The low half of an argument, on the little-endian machines that ARCH allows. */
#define ARGUMENT(n) ((uint32_t)(offsetof(struct seccomp_data, args) + (n) * sizeof(uint64_t)))
#define LOAD(offset) (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define AND(mask) (struct sock_filter) BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask)
#define IF_EQUAL(value, yes, no) (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define END(value) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, value)

enum { HEAD_CODE = 3, LIMITED_CODE = 6, ALLOWED_CODE = 2, FILTER_MAX = 256 };
_Static_assert(HEAD_CODE + LIMITED_CODE * LIMITED + 1 + ALLOWED_CODE * ALLOWED + 1 <= FILTER_MAX, "the filter fits");

static int set_filter(void) {
    struct sock_filter code[FILTER_MAX];
    unsigned short count = 0;

    code[count++] = LOAD(DATA(arch));
    code[count++] = IF_EQUAL(ARCH, 1, 0);
    code[count++] = END(OUTSIDE);
    for (size_t i = 0; i < LIMITED; i++) {
        code[count++] = LOAD(DATA(nr));
        code[count++] = IF_EQUAL(limited[i].call, 0, 4);
        code[count++] = LOAD(ARGUMENT(limited[i].n));
        code[count++] = AND(limited[i].mask);
        code[count++] = IF_EQUAL(limited[i].value, 0, 1);
        code[count++] = END(SECCOMP_RET_ALLOW);
    }
    code[count++] = LOAD(DATA(nr));
    for (size_t i = 0; i < ALLOWED; i++) {
        code[count++] = IF_EQUAL(allowed[i], 0, 1);
        code[count++] = END(SECCOMP_RET_ALLOW);
    }
    code[count++] = END(OUTSIDE);
    struct sock_fprog program = {.len = count, .filter = code};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0 && errno != EINVAL) /* EINVAL: not built in */
        return -errno;
    return 0;
}

/* A change of the user takes the parent's death signal away (kernel/cred.c): without this a child that a silent
 * server holds would outlive a killed parent for ever. `parent` may have died meanwhile. */
static int die_with(pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return -errno;
    return getppid() == parent ? 0 : -ESRCH;
}

int jail_enter(void) {
    pid_t parent = getppid();
    int error;

    if ((error = drop_user()) != 0 || (error = die_with(parent)) != 0 || (error = drop_capabilities()) != 0 ||
        (error = set_limits()) != 0)
        return error;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return -errno;
    return set_filter();
}
