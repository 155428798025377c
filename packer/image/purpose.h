/* SPDX-License-Identifier: MIT */
/*
 * purpose: what an image is for, from its tree: which programs and kernel features it holds. Pure.
 */
#ifndef PACKER_IMAGE_PURPOSE_H
#define PACKER_IMAGE_PURPOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "tree.h"

/* Give these to tree_new: in this file of /lib/modules a kernel lists what it has built in. */
#define CENSUS_NEEDLE_FILE "modules.builtin"
#define CENSUS_NEEDLE "/fs/nfs/nfs.ko"

enum census_nfs {
    CENSUS_NFS_UNKNOWN, /* the image holds no kernel modules, so it says nothing of the kernel */
    CENSUS_NFS_BUILTIN,
    CENSUS_NFS_MODULE,
    CENSUS_NFS_ABSENT,
};

struct census {
    bool has_openrc;
    bool has_docker;
    bool has_rpcbind;
    bool has_busybox;
    enum census_nfs nfs;
    uint16_t machine; /* ELF e_machine of what runs first, or of most programs; 0: no program at all */
};

/* Fills *census. 0, or -ENOMEM. */
int census_take(const struct tree *tree, struct census *census);

/* "built in", "module", "absent", "unknown". */
const char *census_nfs_name(enum census_nfs nfs);

#endif
