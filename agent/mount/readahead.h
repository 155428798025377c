/* SPDX-License-Identifier: MIT */
/*
 * readahead: how far the kernel reads ahead in files of a mount. Edge.
 *
 * Up to Linux 5.3, an NFS mount reads ahead 15 times its rsize. Later kernels read ahead 128 KiB, as for a disk, and a
 * sequential read then waits for the network again and again. Measured in docs/benchmarks.md.
 * Source: fs/nfs/super.c, Documentation/ABI/testing/sysfs-class-bdi.
 */
#ifndef USERMOUNT_READAHEAD_H
#define USERMOUNT_READAHEAD_H

#define READAHEAD_KIB 1024u

/* Raises the read-ahead of the file system on `target` to READAHEAD_KIB, and never lowers it. 0 or -errno, which the
 * caller may ignore: the mount works without. It may hang with the server. */
int readahead_raise(const char *target);

#endif
