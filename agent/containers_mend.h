/* SPDX-License-Identifier: MIT */
/*
 * containers_mend: puts a mount of the share where one that is behind lies, from inside that mount namespace. Edge.
 *
 * The steps can be taken back until the last; what cannot be done leaves the container as it was, but for a dead mount
 * that was detached before mount(2) failed.
 */
#ifndef USERMOUNT_CONTAINERS_MEND_H
#define USERMOUNT_CONTAINERS_MEND_H

#include "containers_find.h"
#include "options.h"

#include <sys/types.h>

enum containers_end {
    CONTAINERS_DONE,
    CONTAINERS_ALIVE, /* it works: nothing to do */
    CONTAINERS_SWITCHED_OFF /* containers=report */,
    CONTAINERS_MISSING,   /* the server has no such folder */
    CONTAINERS_NO_FOLDER, /* it is a file, or on the server a file or a link */
    CONTAINERS_INNER,     /* a mount of the container's lies in it, and cannot be taken along */
    CONTAINERS_SHARED,    /* others would get the mount as well */
    CONTAINERS_USER,      /* the namespace belongs to another user namespace */
    CONTAINERS_CHANGED,   /* the mounts are not (any more) as mountinfo says */
    CONTAINERS_DENIED,    /* the server does not let the folder be mounted */
    CONTAINERS_SYSTEM,    /* `call` failed with `error` */
    CONTAINERS_ENDS
};

struct containers_outcome {
    enum containers_end end;
    const char *call;
    int error;
};

/* Where the mount is: descriptors that stay good in any namespace. */
struct containers_place {
    int proc;         /* the agent's /proc, and the working directory */
    int parent;       /* the directory around the mount point */
    const char *name; /* of the mount point in it */
    int directory;    /* the mount's root; -1: it is dead */
    ino_t folder;     /* which directory of the server belongs there */
};

/* Mount `bind`'s folder at `place`. */
struct containers_outcome containers_mend(const struct containers_place *place, const struct containers_bind *bind,
                                          struct text table, const char *source, const struct options *options);

/* "call failed with errno". */
struct containers_outcome containers_fault(const char *call, int error);

#endif
