/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "containers_crew.h"

#include "log.h"

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

static void log_mount(struct containers_crew *crew, const char *line) {
    bool healed = line[0] == CONTAINERS_HEALED;

    if (healed)
        crew->healed++;
    else
        crew->behind++;
    log_line(healed ? LOGLEVEL_INFO : LOGLEVEL_WARN, line + 1);
}

static void log_lost(struct containers_crew *crew, const struct containers_crew_member *member) {
    char line[8192];
    struct text_out out = text_out(line, sizeof line);

    crew->behind++;
    containers_visit_lost(&member->visit, &out);
    log_line(LOGLEVEL_WARN, line);
}

/* Its end: whole lines are logged, and a child that did not come to its end is told of. */
static void close_member(struct containers_crew *crew, struct containers_crew_member *member) {
    int status = 0;
    char *line = member->text, *end;

    close(member->fd);
    while (waitpid(member->pid, &status, 0) < 0 && errno == EINTR)
        ;
    while (line && (end = memchr(line, '\n', member->len - (size_t)(line - member->text)))) {
        *end = '\0';
        log_mount(crew, line);
        line = end + 1;
    }
    if (status != 0)
        log_lost(crew, member);
    free(member->text);
    memset(member, 0, sizeof *member);
}

static void read_member(struct containers_crew *crew, struct containers_crew_member *member) {
    char *more = realloc(member->text, member->len + READ_SIZE);

    if (!more) {
        close_member(crew, member);
        return;
    }
    member->text = more;
    ssize_t n = read(member->fd, more + member->len, READ_SIZE);
    if (n > 0)
        member->len += (size_t)n;
    else if (n == 0 || errno != EINTR)
        close_member(crew, member);
}

/* Until somebody has said something. False: nobody is under way. */
static bool listen_once(struct containers_crew *crew) {
    struct pollfd fds[CONTAINERS_CREW_MAX];
    struct containers_crew_member *whose[CONTAINERS_CREW_MAX];
    nfds_t count = 0;

    for (size_t i = 0; i < CONTAINERS_CREW_MAX; i++) {
        if (crew->members[i].pid == 0)
            continue;
        whose[count] = &crew->members[i];
        fds[count++] = (struct pollfd){.fd = crew->members[i].fd, .events = POLLIN};
    }
    if (count == 0 || (poll(fds, count, -1) < 0 && errno != EINTR))
        return false;
    for (nfds_t i = 0; i < count; i++)
        if (fds[i].revents)
            read_member(crew, whose[i]);
    return true;
}

static struct containers_crew_member *free_member(struct containers_crew *crew) {
    do {
        for (size_t i = 0; i < CONTAINERS_CREW_MAX; i++)
            if (crew->members[i].pid == 0)
                return &crew->members[i];
    } while (listen_once(crew));
    return NULL;
}

static _Noreturn void child(const struct containers_visit *visit, int fd, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent)
        containers_visit(visit, fd);
    _exit(0);
}

void containers_crew_send(struct containers_crew *crew, const struct containers_visit *visit) {
    struct containers_crew_member *member = free_member(crew);
    pid_t parent = getpid();
    int ends[2];

    if (!member || pipe2(ends, O_CLOEXEC) != 0)
        return;
    member->visit = *visit;
    member->fd = ends[0];
    member->pid = fork();
    if (member->pid == 0) {
        close(ends[0]);
        child(visit, ends[1], parent);
    }
    close(ends[1]);
    if (member->pid > 0)
        return;
    close(ends[0]);
    log_lost(crew, member);
    memset(member, 0, sizeof *member);
}

void containers_crew_finish(struct containers_crew *crew) {
    while (listen_once(crew))
        ;
}
