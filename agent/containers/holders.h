/* SPDX-License-Identifier: MIT */
/*
 * holders: finds the processes that stay in a replaced mount: their working directory, their root or an open file is in
 * it. Edge.
 *
 * The look is bounded. It uses names in /proc alone, and opens no file of a container.
 */
#ifndef USERMOUNT_CONTAINERS_HOLDERS_H
#define USERMOUNT_CONTAINERS_HOLDERS_H

#include "scan.h"

struct containers_holders {
    uint32_t count;
    pid_t first; /* 0: none */
};

/* Looks at the first 64 of `processes`. `mount` is the mount's id. `stale`: the mount is dead, and a working directory
 * that cannot be opened (ESTALE) counts as in it. */
struct containers_holders containers_holders(int proc, const struct containers_process *processes, size_t count,
                                             uint32_t mount, int stale);

#endif
