/* SPDX-License-Identifier: MIT */
#include "cleanup.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const char *volatile at_hand[CLEANUP_MAX];

/* Changes one slot from `old` to `new`. One of the two is NULL. */
static void swap(const char *old, const char *new) {
    for (int i = 0; i < CLEANUP_MAX; i++)
        if (at_hand[i] == old) {
            at_hand[i] = new;
            break;
        }
}

void cleanup_add(const char *path) {
    swap(NULL, path);
}

void cleanup_forget(const char *path) {
    swap(path, NULL);
}

static void remove_all(void) {
    for (int i = 0; i < CLEANUP_MAX; i++) {
        const char *path = at_hand[i];

        if (path)
            unlink(path);
    }
}

static void remove_and_die(int number) {
    remove_all();
    signal(number, SIG_DFL);
    raise(number);
}

static void name_and_die(int number) {
    static const char text[] = "usermount-pack: unable to read the image: it shrank during the run\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);

    (void)ignored;
    (void)number;
    remove_all();
    _exit(4);
}

void cleanup_install(void) {
    static const int ends[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGALRM,
                               SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, SIGVTALRM};
    struct sigaction action = {.sa_handler = remove_and_die, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (sigaction(ends[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(ends[i], &action, NULL);
    action.sa_handler = name_and_die;
    sigaction(SIGBUS, &action, NULL);
    signal(SIGXFSZ, SIG_IGN);
}
