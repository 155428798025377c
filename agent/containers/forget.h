/* SPDX-License-Identifier: MIT */
/*
 * forget: refreshes a whole mount, and what a remount keeps. Edge, as a worker_task.run.
 *
 * A remount drops every name that nobody holds (mounter.h). A name is held as long as a program has it open, works in
 * it or runs it, and as long as a mount shows it; so is every folder on the way to it. The look is bounded in time. It
 * follows the links in /proc by O_PATH alone, and makes no call into another file system. It misses what programs have
 * mapped and closed, and namespaces in which every program has another root (chroot(2)).
 */
#ifndef USERMOUNT_CONTAINERS_FORGET_H
#define USERMOUNT_CONTAINERS_FORGET_H

#include "../mount/mounter.h"

/* mounter_forget(), and one ACCESS call for each held file and folder of the share, in every mount namespace. At most
 * 1 s for a namespace and 2 s in all: what is left after that stays as it was. */
enum work_end containers_forget(const void *job, struct recorder *recorder);

#endif
