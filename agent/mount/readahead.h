/* SPDX-License-Identifier: MIT */
/*
 * readahead: how far the kernel reads ahead in files of a mount. Edge.
 *
 * Until 5.3 an NFS mount had 15 times its rsize; since then it has what a disk has, 128 KiB, and a file that is read
 * from one end to the other then waits for the wire again and again. Measured in docs/benchmarks.md.
 * Source: fs/nfs/super.c, Documentation/ABI/testing/sysfs-class-bdi.
 */
#ifndef USERMOUNT_READAHEAD_H
#define USERMOUNT_READAHEAD_H

#define READAHEAD_KIB 1024u

/* Give the file system on `target` at least READAHEAD_KIB; never less than it has. 0 or -errno: it is a hint, and the
 * mount is as good without. May hang where the server does. */
int readahead_raise(const char *target);

#endif
