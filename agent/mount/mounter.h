/* SPDX-License-Identifier: MIT */
/*
 * mounter: the privileged work on a target: mount(2), the proof, the check, umount(2). Edge.
 *
 * Each function is a worker_task.run, and its argument is a struct mounter_job. Every call may hang for minutes; the
 * worker's deadline ends it.
 */
#ifndef USERMOUNT_MOUNTER_H
#define USERMOUNT_MOUNTER_H

#include "../settings/config.h"
#include "../system/worker.h"

struct mounter_job {
    char source[CONFIG_SERVER_SIZE + CONFIG_PATH_SIZE + 4]; /* SERVER:/EXPORT, as /proc/mounts will show it */
    char target[CONFIG_PATH_SIZE];
    /* The options that the user gave: if the kernel refuses them, mounter_mount() looks for the one at fault. */
    char common[CONFIG_OPTIONS_SIZE];
    char own[CONFIG_OPTIONS_SIZE];
    char address[EVIDENCE_ADDRESS_SIZE];
    uint16_t nfs_port; /* 0: the kernel asks rpcbind */
    uint16_t mount_port;
    bool coherent; /* options_found.coherent */
};

/* STEP_TARGET and STEP_MOUNT, then mounter_prove(). It needs no probe, and its failure explains nothing: the kernel
 * returns EACCES for many causes, and the evidence names none. */
enum work_end mounter_try(const void *job, struct recorder *recorder);

/* The same, with the ports that a probe found. It explains a failure in evidence.detail. If the kernel refuses the
 * options, it tries them without each of the user's in turn, in a mount namespace of the worker's own. evidence.detail
 * names the option at fault, or is empty if no single one is.
 *
 * Both make a missing target, with mode 0755. They refuse a symbolic link on the way to it: the kernel's mount table
 * would show another name. */
enum work_end mounter_mount(const void *job, struct recorder *recorder);

/* STEP_STATFS, STEP_READDIR and STEP_READ: the target is NFS, it lists, and a reply longer than one network frame
 * arrives. It reads at most one file, which a short bounded search finds, and never writes. WORK_STALE for a dead
 * handle. */
enum work_end mounter_prove(const void *job, struct recorder *recorder);

/* STEP_STATFS alone, one remote call. WORK_STALE for a dead handle. */
enum work_end mounter_check(const void *job, struct recorder *recorder);

/* Makes the client look every name up again, by a remount that changes nothing (fs/super.c, shrink_dcache_sb()). The
 * kernel writes dirty data first. */
enum work_end mounter_forget(const void *job, struct recorder *recorder);

/* umount2(2). WORK_FAILED if the mount is busy; WORK_DONE also if nothing is mounted there. */
enum work_end mounter_unmount(const void *job, struct recorder *recorder);

/* umount2(2) with MNT_DETACH: the name is free at once, and open files stay open. */
enum work_end mounter_detach(const void *job, struct recorder *recorder);

#endif
