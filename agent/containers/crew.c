/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "crew.h"

#include "../system/clock.h"
#include "heard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_SIZE 4096
#define ASK_US INT64_C(1000000) /* for a child to end after SIGTERM: some steps are not interrupted (mend.h) */
#define HANG_US INT64_C(250000) /* the same for a child that waits in the kernel, when a newer mount waits for it */
#define KILL_US INT64_C(250000) /* for a child to end after SIGKILL */
#define LOOK_US INT64_C(50000)  /* between two looks at the clock */

static volatile sig_atomic_t asked_to_stop;

static void stop(int signal) {
    (void)signal;
    asked_to_stop = 1;
}

void containers_crew_prepare(void) {
    struct sigaction action = {.sa_handler = stop};
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void free_member(struct containers_crew_member *member) {
    if (member->fd >= 0)
        close(member->fd);
    if (member->visit.process >= 0)
        close(member->visit.process);
    free(member->text);
    free(member->tried);
    memset(member, 0, sizeof *member);
}

static bool start(struct containers_crew *crew, struct containers_crew_member *member);

/* Takes the member's end. If it was ended at one mount, another child works on the rest. */
static void close_member(struct containers_crew *crew, struct containers_crew_member *member) {
    int status = 0;

    while (waitpid(member->pid, &status, 0) < 0 && errno == EINTR)
        ;
    bool more = status != 0 && member->tried && !crew->stopped;
    if (status != 0)
        containers_heard_end(crew, member,
                             crew->stopped                         ? CONTAINERS_STOPPED
                             : member->push == CONTAINERS_UNPUSHED ? CONTAINERS_KILLED
                                                                   : CONTAINERS_LATE_ANSWER);
    if (!more || !start(crew, member))
        free_member(member);
}

static void read_member(struct containers_crew *crew, struct containers_crew_member *member) {
    char *more = realloc(member->text, member->len + READ_SIZE);

    if (!more) {
        kill(member->pid, SIGKILL);
        close_member(crew, member);
        return;
    }
    member->text = more;
    ssize_t n = read(member->fd, more + member->len, READ_SIZE);
    if (n > 0)
        member->len += (size_t)n;
    containers_heard_lines(crew, member);
    if (n == 0 || (n < 0 && errno != EINTR))
        close_member(crew, member);
}

/* Nobody reads the member or enters its namespace any more (scan.h). */
static void leave(struct containers_crew *crew, struct containers_crew_member *member) {
    containers_heard_end(crew, member, CONTAINERS_STUCK);
    free_member(member);
}

static void push(struct containers_crew *crew, struct containers_crew_member *member) {
    static const struct {
        int signal;
        int64_t for_us;
    } pushes[] = {
        [CONTAINERS_UNPUSHED] = {SIGTERM, ASK_US},
        [CONTAINERS_ASKED] = {SIGKILL, KILL_US},
    };

    if (member->push == CONTAINERS_BEATEN) {
        leave(crew, member);
        return;
    }
    kill(member->pid, pushes[member->push].signal);
    member->until_us = clock_us() + pushes[member->push].for_us;
    member->push++;
}

/* Whether a newer mount would wait in vain for the member. SIGTERM ends each wait that SIGKILL can end, except in the
 * steps that are not interrupted, and these are short. */
static bool hangs(const struct containers_crew *crew, const struct containers_crew_member *member, int64_t now_us) {
    return crew->stopped && member->push == CONTAINERS_ASKED && member->until_us - ASK_US + HANG_US <= now_us &&
           containers_scan_waits(member->visit.proc, member->pid);
}

static void push_all(struct containers_crew *crew) {
    bool stop_now = asked_to_stop && !crew->stopped;
    int64_t now_us = clock_us();

    crew->stopped = crew->stopped || stop_now;
    for (size_t i = 0; i < CONTAINERS_CREW_MAX; i++) {
        struct containers_crew_member *member = &crew->members[i];
        if (member->pid == 0)
            continue;
        if (hangs(crew, member, now_us))
            leave(crew, member);
        else if (member->until_us <= now_us || (stop_now && member->push == CONTAINERS_UNPUSHED))
            push(crew, member);
    }
}

/* Waits for reports, LOOK_US at most. False: no member is working. */
static bool listen_once(struct containers_crew *crew) {
    static const struct timespec a_while = {0, LOOK_US * 1000};
    struct pollfd fds[CONTAINERS_CREW_MAX];
    struct containers_crew_member *whose[CONTAINERS_CREW_MAX];
    nfds_t count = 0;
    sigset_t none;

    for (size_t i = 0; i < CONTAINERS_CREW_MAX; i++) {
        if (crew->members[i].pid == 0)
            continue;
        whose[count] = &crew->members[i];
        fds[count++] = (struct pollfd){.fd = crew->members[i].fd, .events = POLLIN};
    }
    sigemptyset(&none);
    int n = count == 0 ? 0 : ppoll(fds, count, &a_while, &none);
    for (nfds_t i = 0; n > 0 && i < count; i++)
        if (fds[i].revents)
            read_member(crew, whose[i]);
    push_all(crew);
    return count > 0;
}

static struct containers_crew_member *find_free(struct containers_crew *crew) {
    do {
        for (size_t i = 0; i < CONTAINERS_CREW_MAX; i++)
            if (crew->members[i].pid == 0)
                return &crew->members[i];
    } while (listen_once(crew));
    return NULL;
}

static _Noreturn void child(const struct containers_visit *visit, int fd, pid_t parent) {
    sigset_t none;

    signal(SIGTERM, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == parent)
        containers_visit(visit, fd);
    _exit(0);
}

/* Starts a child, or another one for the rest of the member's visit. */
static bool start(struct containers_crew *crew, struct containers_crew_member *member) {
    pid_t parent = getpid();
    int ends[2];

    if (member->fd >= 0)
        close(member->fd);
    containers_heard_try(member, 0, NULL);
    member->fd = -1;
    member->len = 0;
    member->push = CONTAINERS_UNPUSHED;
    member->until_us = clock_us() + CONTAINERS_BIND_US;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        containers_heard_nothing(crew, &member->visit, containers_fault("pipe", errno));
        return false;
    }
    member->fd = ends[0];
    member->pid = fork();
    if (member->pid == 0) {
        close(ends[0]);
        child(&member->visit, ends[1], parent);
    }
    int error = errno;
    close(ends[1]);
    if (member->pid < 0)
        containers_heard_nothing(crew, &member->visit, containers_fault("fork", error));
    return member->pid > 0;
}

void containers_crew_send(struct containers_crew *crew, const struct containers_visit *visit) {
    struct containers_crew_member *member = find_free(crew);

    if (!member || crew->stopped)
        return;
    member->fd = -1;
    member->visit = *visit;
    member->visit.until_us = clock_us() + CONTAINERS_VISIT_US;
    member->visit.process = fcntl(visit->process, F_DUPFD_CLOEXEC, 3);
    if (!start(crew, member))
        free_member(member);
}

void containers_crew_finish(struct containers_crew *crew) {
    while (listen_once(crew))
        ;
}

void containers_crew_pause(struct containers_crew *crew, time_t seconds) {
    const struct timespec pause = {seconds, 0};
    sigset_t none;

    sigemptyset(&none);
    ppoll(NULL, 0, &pause, &none);
    crew->stopped = crew->stopped || asked_to_stop;
}
