/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "worker.h"

#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436 /* the same on every architecture */
#endif
#define FD_END 256 /* the daemon opens far fewer */

static bool is_kept(int fd, const int *keep, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (keep[i] == fd)
            return true;
    return false;
}

/* Moby's kernels have no close_range(2). Newer ones close each range between the kept descriptors by it. */
static void close_all_but(const int *keep, size_t count) {
    int begin = 3;

    for (int fd = 3; fd <= FD_END; fd++) {
        if (fd < FD_END && !is_kept(fd, keep, count))
            continue;
        if (begin < fd && syscall(SYS_close_range, begin, fd - 1, 0) != 0)
            for (int other = begin; other < fd; other++)
                close(other);
        begin = fd + 1;
    }
}

/* Whoever holds a terminal can type on it (TIOCSTI), and write to root's screen. */
static void leave_terminal(const int *keep, size_t count) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int other = 0; other < 3; other++)
        if (!is_kept(other, keep, count) && (null < 0 || dup2(null, other) < 0))
            close(other);
    if (null > 2)
        close(null);
}

/* The daemon blocks signals and reads them from its signalfd; a child has none. SIGPIPE stays ignored: if a server
 * hangs up, write(2) returns an error to report. */
static void reset_signals(void) {
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The parent may have died before the first call. */
static void die_with(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(WORK_FAILED);
}

static _Noreturn void child(const struct worker_task *task, const struct evidence *seed, int fd, pid_t parent) {
    static struct recorder recorder;

    die_with(parent);
    reset_signals();
    close_all_but((const int[]){fd, task->keep[0], task->keep[1]}, 3);
    recorder.evidence = *seed;
    recorder.fd = fd;
    recorder.began_us[STEP_START] = clock_us();
    if (task->prepare)
        task->prepare(task->argument);
    if (task->jail) {
        leave_terminal(&fd, 1);
        int error = jail_enter(task->jail);
        if (error != 0) {
            recorder_break(&recorder, STEP_START, "entering the jail", -error);
            recorder_send(&recorder);
            _exit(WORK_FAILED);
        }
    }
    enum work_end end = task->run(task->argument, &recorder);
    recorder_send(&recorder);
    _exit((int)end);
}

int worker_start(struct worker *worker, const struct worker_task *task, const struct evidence *seed,
                 int64_t deadline_ms) {
    int ends[2];
    pid_t parent = getpid();

    if (pipe2(ends, O_CLOEXEC) != 0)
        return -errno;
    pid_t pid = fork();
    if (pid < 0) {
        int error = errno;
        close(ends[0]);
        close(ends[1]);
        return -error;
    }
    if (pid == 0)
        child(task, seed, ends[1], parent);
    close(ends[1]);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    *worker = (struct worker){.pid = pid, .fd = ends[0], .deadline_ms = deadline_ms};
    return 0;
}

int64_t worker_due_ms(const struct worker *worker) {
    return worker->pid > 0 && worker->deadline_ms != INT64_MAX ? worker->deadline_ms : -1;
}

/* Stores the last whole and valid record of the pipe. */
void worker_read(const struct worker *worker, struct evidence *evidence) {
    static struct evidence record;
    size_t filled = 0;
    ssize_t n;

    while ((n = read(worker->fd, (char *)&record + filled, sizeof record - filled)) > 0) {
        filled += (size_t)n;
        if (filled < sizeof record)
            continue;
        filled = 0;
        if (evidence_check(&record))
            *evidence = record;
    }
}

void worker_leave(struct worker *worker, struct evidence *evidence) {
    if (evidence)
        worker_read(worker, evidence);
    close(worker->fd);
    *worker = (struct worker){.pid = 0, .fd = -1};
}

static void fail_start(struct evidence *evidence, int error) {
    evidence->steps[STEP_START] = (struct step_result){.state = STEP_FAILED, .error = error};
}

/* Both calls can run out of memory. Only pipe2(2) can run out of descriptors. */
void worker_unstarted(int error, struct evidence *evidence) {
    fail_start(evidence, error);
    snprintf(evidence->detail, sizeof evidence->detail, "%s", error == EMFILE || error == ENFILE ? "pipe2" : "fork");
}

/* Overrides the step's own result: the server did not cause this end. */
static void tell_early_end(int status, struct evidence *evidence) {
    enum step step = evidence_fault(evidence);
    const char *at = step < STEPS ? evidence_step_name(step) : "its start";

    fail_start(evidence, 0);
    if (WIFSIGNALED(status))
        snprintf(evidence->detail, sizeof evidence->detail, "signal %d at %s", WTERMSIG(status), at);
    else
        snprintf(evidence->detail, sizeof evidence->detail, "exit code %d at %s", WEXITSTATUS(status), at);
}

enum work_end worker_finish(struct worker *worker, int status, struct evidence *evidence) {
    bool killed = worker->killed;

    worker_leave(worker, evidence);
    if (WIFEXITED(status)) {
        switch (WEXITSTATUS(status)) {
        case WORK_DONE:
            return WORK_DONE;
        case WORK_STALE:
            return WORK_STALE;
        case WORK_FAILED:
            return WORK_FAILED;
        default:
            break;
        }
    }
    if (evidence && !killed)
        tell_early_end(status, evidence);
    return WORK_FAILED;
}

void worker_kill(struct worker *worker, int64_t deadline_ms) {
    kill(worker->pid, SIGKILL);
    worker->killed = true;
    worker->deadline_ms = deadline_ms;
}

static _Noreturn void long_child(const struct worker_spawn *spawn, pid_t parent) {
    die_with(parent);
    reset_signals();
    close_all_but(spawn->keep, spawn->keep_count);
    leave_terminal(spawn->keep, spawn->keep_count);
    if (spawn->prepare)
        spawn->prepare(spawn->argument);
    if (jail_enter(spawn->jail) == 0)
        spawn->run(spawn->argument);
    _exit(0);
}

int worker_spawn(const struct worker_spawn *spawn, pid_t *pid) {
    pid_t parent = getpid(), child_pid = fork();

    if (child_pid < 0)
        return -errno;
    if (child_pid == 0)
        long_child(spawn, parent);
    *pid = child_pid;
    return 0;
}
