/* SPDX-License-Identifier: MIT */
/*
 * mounter: the privileged work on a target, each as a worker_task.run: mount(2), the proof, the check, umount(2).
 * Edge. Every call may hang for minutes; the worker's deadline ends it.
 */
#ifndef USERMOUNT_MOUNTER_H
#define USERMOUNT_MOUNTER_H

#include "../settings/config.h"
#include "../system/worker.h"

struct mounter_job {
    char source[CONFIG_SERVER_SIZE + CONFIG_PATH_SIZE + 4]; /* SERVER:/EXPORT, as /proc/mounts will show it */
    char target[CONFIG_PATH_SIZE];
    /* What the options are made of: should the kernel refuse them, the one at fault is looked for. */
    char common[CONFIG_OPTIONS_SIZE];
    char own[CONFIG_OPTIONS_SIZE];
    char address[EVIDENCE_ADDRESS_SIZE];
    uint16_t nfs_port;
    uint16_t mount_port;
    bool coherent; /* options_found.coherent */
};

/* STEP_TARGET, STEP_MOUNT, and when that is done, the proof: mounter_prove(). A port of the job's that is 0 is left to
 * the kernel, which asks rpcbind. Neither a failure's errno nor its absence in the evidence is worth much: EACCES
 * stands for many causes. */
enum work_end mounter_try(const void *job, struct recorder *recorder);

/* The same with the ports that a probe found, and with an explanation. Options that the kernel does not take are tried
 * without one after the other, in a mount namespace that the worker then has to itself, so that the evidence's detail
 * names the one at fault, or is empty where it is not one alone. The target is made where it is missing (mode 0755);
 * nothing on the way to it may be a symbolic link, since the kernel's mount table would then tell another name. */
enum work_end mounter_mount(const void *job, struct recorder *recorder);

/* STEP_STATFS, STEP_READDIR, STEP_READ: the target is NFS, lists, and a reply longer than one network frame comes
 * through. Reads at most one file, of those that a short bounded look finds; never writes. */
enum work_end mounter_prove(const void *job, struct recorder *recorder);

/* STEP_STATFS alone, one remote call: WORK_STALE for a dead handle. */
enum work_end mounter_check(const void *job, struct recorder *recorder);

/* Makes the client look everything up anew, by a remount that changes nothing (fs/super.c: shrink_dcache_sb()). Dirty
 * data is written first. */
enum work_end mounter_forget(const void *job, struct recorder *recorder);

/* umount2(2), plain. WORK_FAILED when it is busy. */
enum work_end mounter_unmount(const void *job, struct recorder *recorder);

/* umount2(2) with MNT_DETACH: the name is free at once, what is open stays. */
enum work_end mounter_detach(const void *job, struct recorder *recorder);

#endif
