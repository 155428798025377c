/* SPDX-License-Identifier: MIT */
/*
 * nfs: the calls that libnfs makes: the export list, MOUNT in user space, a first NFS call. Edge; private to
 * the probe.
 *
 * The raw calls are used on connected sockets of the caller's: libnfs's own connect takes minutes to give up, and
 * its mount call loses the reason of a failure. Source: RFC 1813, sections 3.3 and 5.
 */
#ifndef USERMOUNT_PROBE_NFS_H
#define USERMOUNT_PROBE_NFS_H

#include "../system/recorder.h"

/* STEP_EXPORTS, STEP_MNT on `mount_fd`, STEP_GETATTR on `nfs_fd`; then UMNT, so that the server's list of clients
 * stays clean. 0 or -1: the recorder has the failure. The sockets belong to libnfs after this. */
int probe_nfs_mount(int mount_fd, int nfs_fd, const char *export, struct recorder *recorder);

#endif
