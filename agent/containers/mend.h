/* SPDX-License-Identifier: MIT */
/*
 * mend: replaces a mount of the share that is behind, from inside its mount namespace. Edge.
 *
 * No mount is ever lost. A step that waits for a server can be undone, or has removed nothing yet. A dead mount goes
 * only after the server has allowed mounting the same folder where nobody sees it. A keeper (find.h) takes its place at
 * once, which only SIGKILL can interrupt, and stays in the mount table until the new mount covers it, after any number
 * of attempts.
 */
#ifndef USERMOUNT_CONTAINERS_MEND_H
#define USERMOUNT_CONTAINERS_MEND_H

#include "find.h"
#include "../settings/options.h"

#include <sys/types.h>

enum containers_end {
    CONTAINERS_DONE,
    CONTAINERS_ALIVE,        /* it works: nothing to do */
    CONTAINERS_TAKEN,        /* a keeper has replaced a dead mount, and must be covered now */
    CONTAINERS_SWITCHED_OFF, /* containers=report */
    CONTAINERS_MISSING,      /* the folder is missing on the server */
    CONTAINERS_NO_FOLDER,    /* it is a file, or on the server a file or a link */
    CONTAINERS_INNER,        /* the container has a mount in it that cannot be moved */
    CONTAINERS_SHARED,       /* the mount would propagate to others */
    CONTAINERS_USER,         /* the namespace belongs to another user namespace */
    CONTAINERS_CHANGED,      /* the mounts differ from mountinfo */
    CONTAINERS_DENIED,       /* the server does not allow mounting the folder */
    CONTAINERS_LONG,         /* a name in the table does not fit */
    CONTAINERS_LATE_ANSWER,  /* the child was ended at the mount's deadline */
    CONTAINERS_STOPPED,      /* the agent stopped the work */
    CONTAINERS_STUCK,        /* the child survives a kill: the agent leaves the namespace alone until it ends */
    CONTAINERS_CROWD,        /* there are too many such children */
    CONTAINERS_KILLED,       /* somebody else killed the child */
    CONTAINERS_SLOW,         /* the time for the namespace is over */
    CONTAINERS_SYSTEM,       /* `call` failed with `error` */
    CONTAINERS_ENDS
};

struct containers_outcome {
    enum containers_end end;
    const char *call;
    int error;
};

/* The place of the mount, as descriptors that are valid in any namespace. */
struct containers_place {
    int proc;         /* the agent's /proc, and the working directory */
    int fuse;         /* the agent's /dev/fuse, O_PATH; negative: there is none */
    int parent;       /* the directory around the mount point */
    const char *name; /* of the mount point in it */
    int directory;    /* the mount's root; -1: it is dead */
    ino_t folder;     /* the inode of the server's directory that belongs there */
    struct text table;
    const struct containers_origin *origin;
    const struct options *options; /* for mount(2) */
};

/* Mounts `bind`'s folder on `target` in a new copy of the present mount namespace, before anything is removed: it shows
 * whether the server allows that. *root is the new mount's root, which is valid in any namespace. */
struct containers_outcome containers_rehearse(const struct containers_place *place, const struct containers_bind *bind,
                                              const char *target, int *root);

/* Mounts `bind`'s folder on place->directory. *made is the new mount's id; 0: none. */
struct containers_outcome containers_cover(const struct containers_place *place, const struct containers_bind *bind,
                                           uint32_t *made);

/* Detaches the dead mount and puts keepers in its place, and in the places of the share's mounts in it. `rehearsed` is
 * the root from containers_rehearse(). CONTAINERS_TAKEN or a failure. It waits for no server. */
struct containers_outcome containers_take(const struct containers_place *place, const struct containers_bind *bind,
                                          int rehearsed);

/* CONTAINERS_SYSTEM: `call`, a literal, failed with the errno `error`. */
struct containers_outcome containers_fault(const char *call, int error);

struct containers_outcome containers_say(enum containers_end end);

#endif
