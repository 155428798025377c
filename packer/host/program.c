/* SPDX-License-Identifier: MIT */
#include "program.h"

#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static int64_t now_ms(void) {
    return (int64_t)(host_monotonic_ns() / 1000000);
}

/* Runs in the child. Writes errno to the second pipe if execv(2) fails. If it succeeds, O_CLOEXEC closes that pipe. */
static void become(const char *const argv[], int output, int failure) {
    int null = open("/dev/null", O_RDONLY);
    int error;
    ssize_t ignored;

    if (null >= 0)
        dup2(null, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    error = errno;
    ignored = write(failure, &error, sizeof(error));
    (void)ignored;
    _exit(127);
}

/* Reads the output until its end. Returns 0, -ETIMEDOUT or another -errno. */
static int listen_to(int fd, int64_t deadline_ms, struct program_answer *answer) {
    size_t length = 0;
    char piece[1024];

    for (;;) {
        struct pollfd waited = {.fd = fd, .events = POLLIN};
        int64_t left = deadline_ms - now_ms();
        size_t room = sizeof(answer->output) - 1 - length;
        ssize_t got;

        answer->output[length] = '\0';
        if (left <= 0)
            return -ETIMEDOUT;
        if (poll(&waited, 1, (int)left) <= 0)
            continue;
        got = read(fd, piece, sizeof(piece));
        if (got == 0)
            return 0;
        if (got > 0) {
            size_t kept = (size_t)got < room ? (size_t)got : room;

            memcpy(answer->output + length, piece, kept);
            length += kept;
        } else if (errno != EINTR) {
            return -errno;
        }
    }
}

/* Returns 0 if the program runs, else the negative errno of execv(2). */
static int read_failure(int fd) {
    int error = 0;
    ssize_t got;

    do
        got = read(fd, &error, sizeof(error));
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof(error) ? -error : 0;
}

static bool open_pipe(int ends[2]) {
    if (pipe(ends) < 0)
        return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return true;
}

static int hear_out(pid_t child, int output, int failure, int64_t deadline_ms, struct program_answer *answer) {
    int status = 0;
    int rc = read_failure(failure);

    if (rc == 0)
        rc = listen_to(output, deadline_ms, answer);
    if (rc == -ETIMEDOUT)
        kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    answer->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return rc;
}

int program_run(const char *const argv[], int limit_s, struct program_answer *answer) {
    int output[2] = {-1, -1};
    int failure[2] = {-1, -1};
    int rc = -ENOMEM;
    pid_t child = -1;

    answer->output[0] = '\0';
    answer->status = -1;
    if (open_pipe(output) && open_pipe(failure)) {
        child = fork();
        rc = child < 0 ? -errno : 0;
    }
    if (child == 0)
        become(argv, output[1], failure[1]);
    for (int i = 0; i < 2; i++) {
        int fd = i ? failure[1] : output[1];

        if (fd >= 0)
            close(fd);
    }
    if (child > 0)
        rc = hear_out(child, output[0], failure[0], now_ms() + limit_s * INT64_C(1000), answer);
    if (output[0] >= 0)
        close(output[0]);
    if (failure[0] >= 0)
        close(failure[0]);
    return rc;
}
