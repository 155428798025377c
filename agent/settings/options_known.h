/* SPDX-License-Identifier: MIT */
/*
 * options_known: the mount options that need more than to be passed on. PURE; private to options.c.
 */
#ifndef USERMOUNT_OPTIONS_KNOWN_H
#define USERMOUNT_OPTIONS_KNOWN_H

#include "../common/text.h"

#include <stdbool.h>

enum option_kind {
    OPTION_SET,    /* a flag on, `bits` */
    OPTION_CLEAR,  /* a flag off */
    OPTION_DATA,   /* passed to the kernel as written */
    OPTION_HELPER, /* for mount(8) or mount.nfs only; the kernel would refuse it */
    OPTION_NFS_PORT,
    OPTION_MOUNT_PORT,
    OPTION_PROTO, /* only tcp is right */
    OPTION_UDP,
    OPTION_VERSION, /* only 3 is right */
    OPTION_OURS,
    OPTION_DOCKER /* a word of docker run -v, which no mount(2) knows */
};

/* Options of one `slot` take each other's place. The slot of an option that is not here is its own name: a
 * newer kernel's options pass through, and the kernel is the judge. */
struct option_known {
    const char *name;
    enum option_kind kind;
    const char *slot;
    unsigned long bits;
    unsigned long undo; /* OPTION_SET: the flags that it takes the place of */
    bool young;         /* younger than Moby's kernels, 4.4 and 4.9 */
};

/* NULL: not in the table. */
const struct option_known *options_known(struct text name);

#endif
