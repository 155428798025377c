/* SPDX-License-Identifier: MIT */
/*
 * nfs: the calls that libnfs makes: the export list, MOUNT in user space, a first NFS call. Edge; private to the probe.
 *
 * It makes libnfs's raw calls on connected sockets. libnfs's own connect can take minutes to fail, and its mount call
 * loses the reason for a failure. Source: RFC 1813, sections 3.3 and 5.
 */
#ifndef USERMOUNT_PROBE_NFS_H
#define USERMOUNT_PROBE_NFS_H

#include "../system/recorder.h"

/* STEP_EXPORTS and STEP_MNT on `mount_fd`, STEP_GETATTR on `nfs_fd`, then UMNT, which clears the server's list of
 * clients. `export` is an absolute path. 0 or -1: the recorder has the failure. libnfs owns the sockets from here on,
 * and nobody closes them: the process ends soon. */
int probe_nfs_mount(int mount_fd, int nfs_fd, const char *export, struct recorder *recorder);

#endif
