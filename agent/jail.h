/* SPDX-License-Identifier: MIT */
/*
 * jail: takes a process's privileges away before it reads bytes from the network. Edge.
 */
#ifndef USERMOUNT_JAIL_H
#define USERMOUNT_JAIL_H

/*
 * For good: uid and gid nobody without groups, no capabilities and none to get back, no_new_privs, limits on
 * memory, files, processes and file size, and a system call filter where the kernel has one. A call outside the
 * filter kills the process. Started without root, the uid stays and the rest holds. 0 or -errno.
 *
 * Sources: capabilities(7), prctl(2), seccomp(2).
 */
int jail_enter(void);

#endif
