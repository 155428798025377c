/* SPDX-License-Identifier: MIT */
/*
 * Preloaded: the allocation of number SCARCE_AT that is made between the begin and the end of main() fails, counted
 * from 1. With SCARCE_COUNT, the path of a file, their number is written there at the end.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

typedef int main_function(int argc, char **argv, char **env);
typedef int start_function(main_function *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                           void (*rtld_fini)(void), void *stack_end);

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
start_function __libc_start_main;

static atomic_ulong count;
static unsigned long fail_at;
static atomic_bool on;
static main_function *program;

static int fails(void) {
    if (!on || atomic_fetch_add(&count, 1) + 1 != fail_at)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) {
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t items, size_t size) {
    return fails() ? NULL : __libc_calloc(items, size);
}

void *realloc(void *block, size_t size) {
    return fails() ? NULL : __libc_realloc(block, size);
}

static void tell(const char *path) {
    FILE *file = path ? fopen(path, "w") : NULL;

    if (!file)
        return;
    fprintf(file, "%lu\n", (unsigned long)count);
    fclose(file);
}

static int run(int argc, char **argv, char **env) {
    const char *at = getenv("SCARCE_AT");

    fail_at = at ? strtoul(at, NULL, 10) : 0;
    unsetenv("LD_PRELOAD"); /* what the program starts has its memory */
    on = true;
    int code = program(argc, argv, env);
    on = false;
    tell(getenv("SCARCE_COUNT"));
    return code;
}

int __libc_start_main(main_function *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end) {
    union {
        void *object;
        start_function *function;
    } real = {dlsym(RTLD_NEXT, "__libc_start_main")};

    program = main;
    return real.function(run, argc, argv, init, fini, rtld_fini, stack_end);
}
