/* SPDX-License-Identifier: MIT */
/*
 * The probe as if a hostile server had taken it over: linked in place of probe.c into a test's agent, never shipped.
 * What it tries is the export's name; how that went is STEP_RESOLVE: under way when it was killed, failed with the
 * errno when it was refused, done when it succeeded.
 */
#define _GNU_SOURCE
#include "../../agent/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef AF_ALG
#define AF_ALG 38
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* From before the jail: asking for it there would be the crime. */
static pid_t daemon_pid;

static int write_file(void) {
    return open("/tmp/usermount-traitor", O_WRONLY | O_CREAT, 0644);
}

static int open_for_writing(void) {
    return open("/dev/null", O_RDWR);
}

static int bind_reserved_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(700)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    return fd < 0 ? fd : bind(fd, (struct sockaddr *)&address, sizeof address);
}

static int signal_daemon(void) {
    return kill(daemon_pid, SIGKILL);
}

/* The kernel sends a signal for whoever owns a descriptor. */
static int signal_by_descriptor(void) {
    return fcntl(socket(AF_INET, SOCK_STREAM, 0), F_SETOWN, daemon_pid);
}

static int trace_daemon(void) {
    return (int)ptrace(PTRACE_ATTACH, daemon_pid, NULL, NULL);
}

static int write_daemon_memory(void) {
    char byte = 0;
    struct iovec local = {&byte, 1}, remote = {&byte, 1};

    return (int)process_vm_writev(daemon_pid, &local, 1, &remote, 1, 0);
}

static int open_daemon_memory(void) {
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/mem", (int)daemon_pid);
    return open(path, O_RDONLY);
}

static int limit_another(void) {
    struct rlimit limit = {0, 0};

    return prlimit(daemon_pid, RLIMIT_CPU, &limit, NULL);
}

static int raise_limit(void) {
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

    return setrlimit(RLIMIT_AS, &limit);
}

static int start_process(void) {
    return (int)fork();
}

static int run_program(void) {
    char *const words[] = {(char *)"/bin/true", NULL};

    return execv(words[0], words);
}

static int become_root(void) {
    return setuid(0);
}

static int mount_something(void) {
    return mount("none", "/mnt", "tmpfs", 0, NULL);
}

static int map_code(void) {
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static int open_netlink(void) {
    return socket(AF_NETLINK, SOCK_RAW, 0);
}

static int open_crypto(void) {
    return socket(AF_ALG, SOCK_SEQPACKET, 0);
}

static int open_mptcp(void) {
    return socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
}

static int open_unix_stream(void) {
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int open_unix_datagram(void) {
    return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

/* Whoever can read a file could keep others from locking it. */
static int take_lock(void) {
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    int fd = open("/etc/passwd", O_RDONLY);

    return fd < 0 ? fd : fcntl(fd, F_SETLK, &lock);
}

static int type_on_terminal(void) {
    return ioctl(0, TIOCSTI, "x");
}

static int read_secret(void) {
    return open("/etc/shadow", O_RDONLY);
}

static int take_memory(void) {
    return malloc(128u << 20) ? 0 : -1;
}

/* The descriptors of the daemon's other probes, for their answers. */
static int open_others_descriptors(void) {
    char path[64];

    for (int fd = 0; fd < 64; fd++) {
        snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)daemon_pid, fd);
        if (open(path, O_RDONLY) >= 0)
            return 0;
    }
    return -1;
}

/* No crime against the jail: what a sanitizer must see from within it. */
static int overrun(void) {
    volatile size_t size = 16;
    char *block = malloc(size);

    if (block)
        block[size] = 1;
    return block ? 0 : -1;
}

static int nothing(void) {
    return 0;
}

static const struct {
    const char *name;
    int (*run)(void);
} crimes[] = {
    {"/nothing", nothing},
    {"/write-file", write_file},
    {"/open-for-writing", open_for_writing},
    {"/bind-reserved-port", bind_reserved_port},
    {"/signal-daemon", signal_daemon},
    {"/signal-by-descriptor", signal_by_descriptor},
    {"/trace-daemon", trace_daemon},
    {"/write-daemon-memory", write_daemon_memory},
    {"/open-daemon-memory", open_daemon_memory},
    {"/limit-another", limit_another},
    {"/raise-limit", raise_limit},
    {"/start-process", start_process},
    {"/run-program", run_program},
    {"/become-root", become_root},
    {"/mount-something", mount_something},
    {"/map-code", map_code},
    {"/open-netlink", open_netlink},
    {"/open-crypto", open_crypto},
    {"/open-mptcp", open_mptcp},
    {"/open-unix-stream", open_unix_stream},
    {"/open-unix-datagram", open_unix_datagram},
    {"/take-lock", take_lock},
    {"/type-on-terminal", type_on_terminal},
    {"/read-secret", read_secret},
    {"/take-memory", take_memory},
    {"/open-others-descriptors", open_others_descriptors},
    {"/overrun", overrun},
};

/* A good answer into every descriptor that there may be: in the daemon, another mount's pipe would be among them. */
static enum work_end forge(struct recorder *recorder) {
    struct evidence good;

    memset(&good, 0, sizeof good);
    for (enum step step = 0; step <= STEP_GETATTR; step++)
        good.steps[step].state = STEP_DONE;
    snprintf(good.detail, sizeof good.detail, "forged");
    for (int round = 0; round < 100; round++)
        for (int fd = 0; fd < 256; fd++)
            if (fd != recorder->fd && write(fd, &good, sizeof good) == sizeof good)
                continue;
    return WORK_FAILED;
}

void probe_prepare(const void *argument) {
    (void)argument;
    daemon_pid = getppid();
}

enum work_end probe_run(const void *argument, struct recorder *recorder) {
    const struct probe_request *request = argument;

    recorder_begin(recorder, STEP_RESOLVE);
    if (strcmp(request->export, "/forge") == 0)
        return forge(recorder);
    if (strcmp(request->export, "/garbage") == 0) {
        memset(&recorder->evidence, 0xff, sizeof recorder->evidence);
        return WORK_DONE;
    }
    /* What follows the address would be options of the kernel's mount. */
    if (strcmp(request->export, "/garbage-options") == 0) {
        recorder_end(recorder, STEP_RESOLVE, 0);
        strcpy(recorder->evidence.address, "127.0.0.1,context=traitor");
        return WORK_DONE;
    }
    for (size_t i = 0; i < sizeof crimes / sizeof crimes[0]; i++)
        if (strcmp(request->export, crimes[i].name) == 0) {
            int result = crimes[i].run();
            recorder_end(recorder, STEP_RESOLVE, result < 0 ? errno : 0);
        }
    return WORK_FAILED;
}
