/* SPDX-License-Identifier: MIT */
/*
 * The children of the stream of edits as if they had been taken over: `crimes actor|scanner|reader CRIME FILE` enters
 * that jail and tries one thing, with FILE (and FILE.folder) at hand. Exit code 0: it could be done; 1: the system
 * refused it, with the errno's name on standard error; 2: no such crime. Whoever the filter catches ends by SIGSYS.
 */
#define _GNU_SOURCE
#include "../../agent/events/jails.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char *file;
static int writable = -1, readable = -1, folder = -1;

#define CRIME(name, expression)                                                                                        \
    static long name(void) {                                                                                           \
        return (long)(expression);                                                                                     \
    }

CRIME(nothing, 0)
CRIME(read_open, openat(folder, "inner", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC))
CRIME(write_open, openat(folder, "inner", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC))
CRIME(look_open, openat(folder, "inner", O_PATH | O_NOFOLLOW | O_CLOEXEC))
CRIME(own_chown, syscall(SYS_fchownat, readable, "", 501, -1, AT_EMPTY_PATH))
CRIME(write_bytes, write(writable, "x", 1))
CRIME(write_vector, writev(writable, &(struct iovec){(void *)"x", 1}, 1))
CRIME(write_place, pwrite(writable, "x", 1, 0))
CRIME(send_bytes, send(writable, "x", 1, 0))
CRIME(send_file, sendfile(writable, readable, NULL, 1))
CRIME(copy_range, syscall(SYS_copy_file_range, readable, NULL, writable, NULL, 1, 0))
CRIME(splice_bytes, syscall(SYS_splice, readable, NULL, writable, NULL, 1, 0))
CRIME(cut, ftruncate(writable, 0))
CRIME(cut_path, truncate(file, 0))
CRIME(allocate, syscall(SYS_fallocate, writable, 0, 0, 10))
CRIME(open_create, openat(folder, "made", O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600))
CRIME(open_cut, openat(folder, "inner", O_WRONLY | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC))
CRIME(open_both, openat(folder, "inner", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC))
CRIME(open_append, openat(folder, "inner", O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC))
CRIME(set_times, syscall(SYS_utimensat, folder, "inner", NULL, 0))
CRIME(set_mode, syscall(SYS_fchmodat, folder, "inner", 0600))
CRIME(set_group, syscall(SYS_fchownat, readable, "", 501, 20, AT_EMPTY_PATH))
CRIME(chown_path, syscall(SYS_fchownat, folder, "inner", 501, -1, 0))
CRIME(set_attribute, syscall(SYS_fsetxattr, writable, "user.a", "b", 1, 0))
CRIME(set_flags, ioctl(writable, 0x40086602, &(long){0})) /* FS_IOC_SETFLAGS */
CRIME(remove_name, unlinkat(folder, "inner", 0))
CRIME(rename_name, renameat(folder, "inner", folder, "other"))
CRIME(link_name, linkat(folder, "inner", folder, "other", 0))
CRIME(symlink_name, symlinkat("inner", folder, "other"))
CRIME(make_folder, mkdirat(folder, "other", 0700))
CRIME(make_node, syscall(SYS_mknodat, folder, "other", S_IFIFO | 0600, 0))
CRIME(map_shared, mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, writable, 0) == MAP_FAILED ? -1 : 0)
CRIME(map_code, mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0)
CRIME(become_root, syscall(SYS_setresuid, -1, 0, -1))
CRIME(become_real_root, syscall(SYS_setresuid, 0, -1, -1))
CRIME(become_user, syscall(SYS_setresuid, 501, 501, 501))
CRIME(ask_as_another, syscall(SYS_setresuid, 0x60000001, -1, -1))
CRIME(change_group, syscall(SYS_setresgid, 0, 0, 0))
CRIME(signal_parent, kill(getppid(), SIGTERM))
CRIME(trace_parent, ptrace(PTRACE_ATTACH, 1, NULL, NULL))
CRIME(read_memory, syscall(SYS_process_vm_readv, 1, &(struct iovec){0}, 1, &(struct iovec){0}, 1, 0))
CRIME(open_socket, socket(AF_INET, SOCK_STREAM, 0))
CRIME(start_process, syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0))
CRIME(run_program, execve("/bin/true", (char *[]){(char *)"true", NULL}, NULL))
CRIME(mount_over, mount("none", file, "tmpfs", 0, NULL))
CRIME(enter_namespace, syscall(SYS_setns, readable, 0))
CRIME(set_alarm, setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_sec = 10}, NULL))
CRIME(set_profile, setitimer(ITIMER_PROF, &(struct itimerval){.it_value.tv_sec = 10}, NULL))
CRIME(wait_stopped, poll(NULL, 0, 1000)) /* see stop_soon() */
CRIME(list_folder, syscall(SYS_getdents64, folder, &(char[512]){0}, 512))

static const struct {
    const char *name;
    long (*commit)(void);
} crimes[] = {
#define ROW(name)                                                                                                      \
    { #name, name }
    ROW(nothing),         ROW(read_open),      ROW(write_open),    ROW(look_open),     ROW(own_chown),
    ROW(write_bytes),     ROW(write_vector),   ROW(write_place),   ROW(send_bytes),    ROW(send_file),
    ROW(copy_range),      ROW(splice_bytes),   ROW(cut),           ROW(cut_path),      ROW(allocate),
    ROW(open_create),     ROW(open_cut),       ROW(open_both),     ROW(open_append),   ROW(set_times),
    ROW(set_mode),        ROW(set_group),      ROW(chown_path),    ROW(set_attribute), ROW(set_flags),
    ROW(remove_name),     ROW(rename_name),    ROW(link_name),     ROW(symlink_name),  ROW(make_folder),
    ROW(make_node),       ROW(map_shared),     ROW(map_code),      ROW(become_root),   ROW(become_real_root),
    ROW(become_user),     ROW(ask_as_another), ROW(change_group),  ROW(signal_parent), ROW(trace_parent),
    ROW(read_memory),     ROW(open_socket),    ROW(start_process), ROW(run_program),   ROW(mount_over),
    ROW(enter_namespace), ROW(list_folder),    ROW(set_alarm),     ROW(set_profile),   ROW(wait_stopped),
};

static const struct jail *jail_of(const char *name) {
    if (strcmp(name, "actor") == 0)
        return &jail_actor;
    return strcmp(name, "reader") == 0 ? &jail_network : &jail_scanner;
}

/* A process that stops this one in the middle of its wait, and has it go on. */
static void stop_soon(void) {
    pid_t waiting = getpid();

    if (fork() != 0)
        return;
    usleep(400000);
    kill(waiting, SIGSTOP);
    usleep(100000);
    kill(waiting, SIGCONT);
    _exit(0);
}

int main(int argc, char **argv) {
    char path[4096];

    if (argc != 4)
        return 2;
    file = argv[3];
    snprintf(path, sizeof path, "%s.folder", file);
    writable = open(file, O_WRONLY | O_CLOEXEC);
    readable = open(file, O_RDONLY | O_CLOEXEC);
    folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (strcmp(argv[2], "wait_stopped") == 0)
        stop_soon();
    if (writable < 0 || readable < 0 || folder < 0 || jail_enter(jail_of(argv[1])) != 0)
        return 3;
    for (size_t i = 0; i < sizeof crimes / sizeof crimes[0]; i++)
        if (strcmp(crimes[i].name, argv[2]) == 0)
            _exit(crimes[i].commit() < 0 ? 1 : 0);
    return 2;
}
