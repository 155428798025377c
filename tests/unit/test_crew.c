/* SPDX-License-Identifier: MIT */
/* The crew where the system gives it no pipe or no process, and where a child dies or does not end: each end is told
 * once, with its place, and another child sees to the rest. The module itself, with the two calls that a test must be
 * able to fail. */
#define _GNU_SOURCE
#include "../../agent/containers/crew.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int pipes_left, forks_left; /* how many succeed from now on; negative: all */
static pid_t latest;               /* the latest child */

static int some_pipe2(int ends[2], int flags) {
    if (pipes_left == 0) {
        errno = EMFILE;
        return -1;
    }
    pipes_left--;
    return pipe2(ends, flags);
}

static pid_t some_fork(void) {
    if (forks_left == 0) {
        errno = EAGAIN;
        return -1;
    }
    forks_left--;
    latest = fork();
    return latest;
}

#define pipe2 some_pipe2
#define fork some_fork
#include "../../agent/containers/crew.c"
#undef pipe2
#undef fork
#include "../../agent/containers/heard.c"
#include "../../agent/containers/path.c"
#include "../../agent/containers/scan.c"
#define begin tell_begin
#include "../../agent/containers/tell.c"
#undef begin

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static char logged[4096];

void log_line(enum config_loglevel level, const char *line) {
    size_t used = strlen(logged);

    snprintf(logged + used, sizeof logged - used, "%c %s\n", level == LOGLEVEL_WARN ? 'w' : 'i', line);
}

int64_t clock_us(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

struct containers_outcome containers_say(enum containers_end end) {
    return (struct containers_outcome){end, NULL, 0};
}

struct containers_outcome containers_fault(const char *call, int error) {
    return (struct containers_outcome){CONTAINERS_SYSTEM, call, error};
}

static enum { DIES, HANGS, IGNORES } how; /* a child ends at its second mount, or does not */

/* Waits in the kernel for a process that shares its memory, in state D, and lets no signal interrupt it. */
static void hang(void) {
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    if (vfork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
}

static void stay(void) {
    prctl(PR_SET_NAME, CONTAINERS_COMM);
    signal(SIGTERM, SIG_IGN);
    kill(getppid(), SIGTERM); /* a newer mount asks the crew to stop */
    if (how == HANGS)
        hang();
    for (;;)
        pause();
}

/* Three mounts; whoever is at the second one ends there or stays there. */
void containers_visit(const struct containers_visit *visit, int fd) {
    for (uint32_t id = 101; id <= 103; id++) {
        if (containers_was_seen(visit->memory, visit->mounts, id))
            continue;
        dprintf(fd, "t %u 0 mount=/Users event=behind pid=7 at=/m%u\n", id, id);
        if (id == 102 && how == DIES)
            raise(SIGKILL);
        if (id == 102)
            stay();
        dprintf(fd, "h %u %u mount=/Users event=healed pid=7 at=/m%u\n", id, id + 100, id);
    }
}

static struct containers_crew crew;
static struct containers_visit visit;

static int set_up(void **state) {
    (void)state;
    memset(&crew, 0, sizeof crew);
    visit = (struct containers_visit){.target = "/Users",
                                      .proc = open("/proc", O_RDONLY | O_DIRECTORY),
                                      .process = 0,
                                      .mounts = 42,
                                      .memory = &crew.memory,
                                      .who_key = "pid",
                                      .who = "7"};
    pipes_left = forks_left = -1;
    how = DIES;
    asked_to_stop = 0;
    logged[0] = '\0';
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    free(crew.memory.seen);
    close(visit.proc);
    return 0;
}

static int lowest_free_descriptor(void) {
    int fd = dup(0);

    close(fd);
    return fd;
}

/* Two looks: what is still so is told once. */
static void look_twice(void) {
    int before = lowest_free_descriptor();

    for (crew.memory.look = 1; crew.memory.look <= 2; crew.memory.look++) {
        containers_crew_send(&crew, &visit);
        containers_crew_finish(&crew);
    }
    assert_int_equal(lowest_free_descriptor(), before);
    for (size_t i = 0; i < CONTAINERS_CREW_MAX; i++)
        assert_int_equal(crew.members[i].pid, 0);
}

static void without_a_pipe_the_namespace_is_told_as_behind_once(void **state) {
    (void)state;
    pipes_left = 0;
    look_twice();
    assert_string_equal(logged, "w mount=/Users event=behind pid=7 cause=\"pipe: Too many open files\" "
                                "fix=\"restart the container\"\n");
    assert_int_equal(containers_behind(&crew.memory), 1);
}

static void without_a_process_the_namespace_is_told_as_behind_once(void **state) {
    (void)state;
    forks_left = 0;
    look_twice();
    assert_string_equal(logged, "w mount=/Users event=behind pid=7 cause=\"fork: Resource temporarily unavailable\" "
                                "fix=\"restart the container\"\n");
    assert_int_equal(containers_behind(&crew.memory), 1);
}

#define KILLED                                                                                                         \
    "i mount=/Users event=healed pid=7 at=/m101\n"                                                                     \
    "w mount=/Users event=behind pid=7 at=/m102 cause=\"the process that worked on it was killed\" "                   \
    "fix=\"usermount tries again; if that does not help, restart the container\"\n"

static void where_a_child_is_killed_another_one_sees_to_the_rest(void **state) {
    (void)state;
    containers_crew_send(&crew, &visit);
    containers_crew_finish(&crew);
    assert_string_equal(logged, KILLED "i mount=/Users event=healed pid=7 at=/m103\n");
    assert_int_equal(containers_behind(&crew.memory), 1);
    assert_int_equal(containers_again(&crew.memory), 1);
}

static void where_there_can_be_no_other_one_the_rest_is_told_as_behind(void **state) {
    (void)state;
    forks_left = 1;
    containers_crew_send(&crew, &visit);
    containers_crew_finish(&crew);
    assert_string_equal(logged,
                        KILLED "w mount=/Users event=behind pid=7 cause=\"fork: Resource temporarily unavailable\" "
                               "fix=\"restart the container\"\n");
    assert_int_equal(containers_behind(&crew.memory), 2);
    assert_int_equal(containers_again(&crew.memory), 1);
}

#define AT_SECOND                                                                                                      \
    "i mount=/Users event=healed pid=7 at=/m101\n"                                                                     \
    "w mount=/Users event=behind pid=7 at=/m102 cause="

/* A newer mount asks the crew to stop. How long it takes, in ms. */
static int64_t stop_with_a_child_that(int how_it_stays) {
    how = how_it_stays;
    containers_crew_prepare();
    containers_crew_send(&crew, &visit);
    int64_t began_us = clock_us();
    containers_crew_finish(&crew);
    return (clock_us() - began_us) / 1000;
}

static void a_newer_mount_does_not_wait_for_a_child_that_hangs(void **state) {
    (void)state;
    int64_t took_ms = stop_with_a_child_that(HANGS);
    assert_int_equal(kill(latest, SIGKILL), 0);
    assert_int_equal(waitpid(latest, NULL, 0), latest);
    assert_string_equal(logged, AT_SECOND
                        "\"the container's own file system does not answer: the agent leaves it alone until it does\" "
                        "fix=\"restart the container\"\n");
    assert_in_range(took_ms, 250, 999);
}

static void it_waits_for_a_child_that_still_works(void **state) {
    (void)state;
    int64_t took_ms = stop_with_a_child_that(IGNORES);
    assert_int_equal(waitpid(latest, NULL, 0), -1); /* killed and reaped */
    assert_string_equal(logged, AT_SECOND "\"a newer mount or usermount's end interrupted the work\" "
                                          "fix=\"restart the container\"\n");
    assert_true(took_ms >= 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_a_pipe_the_namespace_is_told_as_behind_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_process_the_namespace_is_told_as_behind_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(where_a_child_is_killed_another_one_sees_to_the_rest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(where_there_can_be_no_other_one_the_rest_is_told_as_behind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_newer_mount_does_not_wait_for_a_child_that_hangs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_waits_for_a_child_that_still_works, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
