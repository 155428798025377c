/* SPDX-License-Identifier: MIT */
/*
 * options_known: the table of mount options that usermount knows. PURE; private to options.c.
 */
#ifndef USERMOUNT_OPTIONS_KNOWN_H
#define USERMOUNT_OPTIONS_KNOWN_H

#include "../common/text.h"

#include <stdbool.h>

enum option_kind {
    OPTION_SET,    /* sets the flags `bits` */
    OPTION_CLEAR,  /* clears them */
    OPTION_DATA,   /* goes to the kernel as written */
    OPTION_HELPER, /* for mount(8) or mount.nfs; the kernel would refuse it, and usermount drops it */
    OPTION_NFS_PORT,
    OPTION_MOUNT_PORT,
    OPTION_PROTO, /* must be tcp or tcp6 */
    OPTION_UDP,
    OPTION_VERSION, /* must be 3 */
    OPTION_OURS,
    OPTION_DOCKER /* an option of docker run -v, which mount(2) does not know */
};

/* A later option replaces an earlier one of the same `slot`; "": of none. An option that is not in the table goes to
 * the kernel, which may be newer, and its slot is its own name. */
struct option_known {
    const char *name;
    enum option_kind kind;
    const char *slot;
    unsigned long bits;
    unsigned long undo; /* OPTION_SET: the flags that it clears */
    bool young;         /* missing in Moby's kernels, 4.4 and 4.9 */
};

/* NULL: not in the table. */
const struct option_known *options_known(struct text name);

#endif
