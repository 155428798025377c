/* SPDX-License-Identifier: MIT */
/* The crew where the system gives it no pipe or no process, and where a child dies: each end is told once, with its
 * place, and another child sees to the rest. The module itself, with the three calls that a test must be able to fail.
 */
#define _GNU_SOURCE
#include "../../agent/containers/crew.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int pipes_left, forks_left; /* how many succeed from now on; negative: all */

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
    return fork();
}

#define pipe2 some_pipe2
#define fork some_fork
#include "../../agent/containers/crew.c"
#undef pipe2
#undef fork
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

/* Three mounts; whoever is at the second one is killed. */
void containers_visit(const struct containers_visit *visit, int fd) {
    for (uint32_t id = 101; id <= 103; id++) {
        if (containers_was_seen(visit->memory, visit->mounts, id))
            continue;
        dprintf(fd, "t %u 0 mount=/Users event=behind pid=7 at=/m%u\n", id, id);
        if (id == 102)
            raise(SIGKILL);
        dprintf(fd, "h %u %u mount=/Users event=healed pid=7 at=/m%u\n", id, id + 100, id);
    }
}

static struct containers_crew crew;
static struct containers_visit visit;

static int set_up(void **state) {
    (void)state;
    memset(&crew, 0, sizeof crew);
    visit = (struct containers_visit){
        .target = "/Users", .process = 0, .mounts = 42, .memory = &crew.memory, .who_key = "pid", .who = "7"};
    pipes_left = forks_left = -1;
    logged[0] = '\0';
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    free(crew.memory.seen);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_a_pipe_the_namespace_is_told_as_behind_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_process_the_namespace_is_told_as_behind_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(where_a_child_is_killed_another_one_sees_to_the_rest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(where_there_can_be_no_other_one_the_rest_is_told_as_behind, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
