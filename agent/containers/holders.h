/* SPDX-License-Identifier: MIT */
/*
 * holders: which processes stay in a mount that another one has taken the place of: their working directory,
 * their root or what they have open is in it. Edge.
 *
 * A bounded look, by names in /proc alone: no file of a container is opened.
 */
#ifndef USERMOUNT_CONTAINERS_HOLDERS_H
#define USERMOUNT_CONTAINERS_HOLDERS_H

#include "scan.h"

struct containers_holders {
    uint32_t count;
    pid_t first; /* 0: none */
};

/* Of these processes, the first 64. `stale`: the mount is a dead one, so that a working directory which cannot be
 * named any more is in it. */
struct containers_holders containers_holders(int proc, const struct containers_process *processes, size_t count,
                                             uint32_t mount, int stale);

#endif
