/* SPDX-License-Identifier: MIT */
/*
 * scan: which processes there are, by their mount namespaces. Edge.
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
    bool hangs; /* a child of an earlier visit's, that did not end when it was killed */
};

/* What such a child is called, so that it is known again. */
#define CONTAINERS_COMM "usermount-heal"

/* All processes but those in the caller's own mount namespace, sorted by namespace and then by number, so that the
 * first of each is mostly the container's own; allocated. 0 or -errno. A process that ends meanwhile is left out. */
int containers_scan(int proc, struct containers_process **processes, size_t *count);

/* How many of `processes` are in the same namespace as the first. */
size_t containers_scan_group(const struct containers_process *processes, size_t count);

/* The inode number in "mnt:[4026531840]", what "PID/ns/mnt" or "ns/user" below `base` links to; 0: it cannot be read.
 */
uint64_t containers_scan_namespace(int base, const char *link);

#endif
