/* SPDX-License-Identifier: MIT */
/*
 * purpose: finds the programs and kernel features in an image that usermount depends on. Pure.
 */
#ifndef PACKER_IMAGE_PURPOSE_H
#define PACKER_IMAGE_PURPOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "tree.h"

/*
 * For tree_new. A kernel lists its built-in modules in this file of /lib/modules. Source: modules.builtin in
 * Documentation/kbuild/kbuild.rst.
 */
#define CENSUS_NEEDLE_FILE "modules.builtin"
#define CENSUS_NEEDLE "/fs/nfs/nfs.ko"

enum census_nfs {
    CENSUS_NFS_UNKNOWN, /* the image contains no kernel modules */
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
    uint16_t machine; /* e_machine of the program that starts first, else of most programs; 0 if there is none */
};

/* Fills *census. Returns 0 or -ENOMEM. */
int census_take(const struct tree *tree, struct census *census);

/* Returns "built in", "module", "absent" or "unknown". */
const char *census_nfs_name(enum census_nfs nfs);

#endif
