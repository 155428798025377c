/* SPDX-License-Identifier: MIT */
/*
 * Preloaded: the allocation of number SCARCE_AT fails, counted from 1 and from the start of main's program on; with
 * SCARCE_COUNT, the path of a file, the number of allocations is written there at the end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static atomic_ulong count;
static unsigned long fail_at;
static int on;

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

/* strdup() and realpath() of the C library call malloc() through this. */
__attribute__((constructor)) static void begin(void) {
    const char *at = getenv("SCARCE_AT");

    fail_at = at ? (unsigned long)atol(at) : 0;
    on = 1;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("SCARCE_COUNT");

    on = 0;
    if (!path)
        return;
    FILE *file = fopen(path, "w");
    if (file) {
        fprintf(file, "%lu\n", (unsigned long)count);
        fclose(file);
    }
}
