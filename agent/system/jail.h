/* SPDX-License-Identifier: MIT */
/*
 * jail: drops a process's privileges before it handles data from outside. Edge.
 *
 * A table lists what each process may still do. All of them share one mechanism.
 */
#ifndef USERMOUNT_JAIL_H
#define USERMOUNT_JAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JAIL_TESTS_MAX 3

/* A call that is harmless with some arguments only. It is allowed if argument `n` masked by `mask` equals `value` in
 * every test. The filter compares the low halves, as the kernel reads an int. Several rows may name one call. */
struct jail_limited {
    uint16_t call;
    uint16_t test_count;
    struct jail_test {
        uint8_t n;
        uint32_t mask;
        uint32_t value;
    } tests[JAIL_TESTS_MAX];
};

/* clang-format off */
/* A row: JAIL_CALL(SYS_socket, JAIL_IS(0, AF_INET), {1, mask, value}). */
#define JAIL_IS(n, value) {n, UINT32_MAX, (uint32_t)(value)}
#define JAIL_CALL(call, ...) {call, JAIL_LENGTH(((struct jail_test[]){__VA_ARGS__})), {__VA_ARGS__}}
#define JAIL_LENGTH(table) (sizeof(table) / sizeof(table)[0])
/* clang-format on */

struct jail {
    const uint16_t *allowed; /* calls, with any arguments */
    size_t allowed_count;
    const struct jail_limited *limited;
    size_t limited_count;
    uint64_t capabilities; /* the ones to keep, a bit for each number */
    bool keep_user;        /* stay root: without capabilities, an ordinary user who owns the system's files */
    uint32_t files_max;    /* open descriptors */
    uint32_t memory_max;   /* bytes of address space */
};

/* For a process that reads the network: sockets, a clock, memory, and the files for resolving a name. */
extern const struct jail jail_network;

/* jail_network for a process that talks to `server`, a name or an address. If the address has a zone ("fe80::1%eth0"),
 * the jail also allows the calls that find the zone's number. */
const struct jail *jail_for_server(const char *server);

/*
 * Enters the jail for good: uid and gid nobody without groups, no capabilities but the jail's, no way to get more,
 * no_new_privs, limits on memory, files, processes and file size, and a system call filter if the kernel supports one.
 * A call outside the filter kills the process. Without root, the uid stays and the rest applies. 0 or -errno; -E2BIG:
 * the table makes too long a filter.
 *
 * Sources: capabilities(7), prctl(2), seccomp(2).
 */
int jail_enter(const struct jail *jail);

#endif
