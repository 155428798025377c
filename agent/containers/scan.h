/* SPDX-License-Identifier: MIT */
/*
 * scan: lists the processes by their mount namespaces. Edge.
 */
#ifndef USERMOUNT_CONTAINERS_SCAN_H
#define USERMOUNT_CONTAINERS_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct containers_process {
    uint64_t mounts; /* the inode number of its mount namespace */
    pid_t pid;
    bool hangs; /* a child of an earlier visit that did not end */
};

/* The name of every visiting child: a later worker recognizes it (proc(5), comm). */
#define CONTAINERS_COMM "usermount-heal"

/* Whether the visiting child waits in the kernel and no signal interrupts it (proc(5), state D). */
bool containers_scan_waits(int proc, pid_t pid);

/* Lists the processes outside the caller's own mount namespace, or all, sorted by namespace and then by number. The
 * first of each namespace is usually the container's own. The list is allocated, and the caller frees it. 0 or -errno.
 */
int containers_scan(int proc, bool all, struct containers_process **processes, size_t *count);

/* How many of `processes`, from the first on, share its namespace. */
size_t containers_scan_group(const struct containers_process *processes, size_t count);

/* Whether the link "PID/root" or "root" below `base` is its namespace's root. A process with another one sees only a
 * part of the mount table. */
bool containers_scan_sees_all(int base, const char *link);

/* Reads the mount table of the namespace that all `processes` are in: the first one's that sees all of it, or a part if
 * there is none. It is allocated, and the caller frees it. False: no process is left. */
bool containers_scan_table(int proc, const struct containers_process *processes, size_t count, char **table,
                           size_t *len);

/* The inode number in the link "PID/ns/mnt" or "ns/user" below `base`, such as "mnt:[4026531840]"; 0: unreadable. */
uint64_t containers_scan_namespace(int base, const char *link);

#endif
