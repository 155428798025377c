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
    CONTAINERS_SHARED,       /* others would get the mount as well */
    CONTAINERS_USER,         /* the namespace belongs to another user namespace */
    CONTAINERS_CHANGED,      /* the mounts differ from mountinfo */
    CONTAINERS_DENIED,       /* the server does not allow mounting the folder */
    CONTAINERS_LONG,         /* a name in the table does not fit */
    CONTAINERS_LATE_ANSWER,  /* stopped at its deadline */
    CONTAINERS_STOPPED,      /* by the agent */
    CONTAINERS_STUCK,        /* the child does not even end when killed: the namespace is left alone until it does */
    CONTAINERS_CROWD,        /* too many such children already */
    CONTAINERS_KILLED,       /* the process that worked on it was killed by somebody else */
    CONTAINERS_SLOW,         /* the namespace's own time is used up */
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
    ino_t folder;     /* which directory of the server belongs there */
    struct text table;
    const struct containers_origin *origin;
    const struct options *options; /* for mount(2) */
};

/* The folder of `bind`, mounted on `target` in a mount namespace of this process's own, made from the one that it is
 * in: whether the server lets it, asked before anything is taken away. *root: the new mount's root, valid anywhere. */
struct containers_outcome containers_rehearse(const struct containers_place *place, const struct containers_bind *bind,
                                              const char *target, int *root);

/* Mount `bind`'s folder at `place`, a directory; *made is the new mount's id. */
struct containers_outcome containers_cover(const struct containers_place *place, const struct containers_bind *bind,
                                           uint32_t *made);

/* Take the dead mount away and keep its place, and the places of the share's mounts in it: CONTAINERS_TAKEN.
 * `rehearsed` is the new mount's root. Waits for nobody. */
struct containers_outcome containers_take(const struct containers_place *place, const struct containers_bind *bind,
                                          int rehearsed);

/* "call failed with errno". */
struct containers_outcome containers_fault(const char *call, int error);

struct containers_outcome containers_say(enum containers_end end);

#endif
