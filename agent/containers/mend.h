/* SPDX-License-Identifier: MIT */
/*
 * mend: puts a mount of the share where one that is behind lies, from inside that mount namespace. Edge.
 *
 * No mount is ever lost. What waits for a server can be taken back, or has taken nothing away; a dead mount goes only
 * when the server has just let the same folder be mounted where nobody sees it, and in the same breath, which no signal
 * but SIGKILL cuts short, a keeper takes its place (find.h). A keeper stands in the mount table until the
 * new mount covers it, however often that takes another attempt.
 */
#ifndef USERMOUNT_CONTAINERS_MEND_H
#define USERMOUNT_CONTAINERS_MEND_H

#include "find.h"
#include "../settings/options.h"

#include <sys/types.h>

enum containers_end {
    CONTAINERS_DONE,
    CONTAINERS_ALIVE,        /* it works: nothing to do */
    CONTAINERS_TAKEN,        /* a dead one is away and its place is kept; the keeper is to be covered now */
    CONTAINERS_SWITCHED_OFF, /* containers=report */
    CONTAINERS_MISSING,      /* the folder is missing on the server */
    CONTAINERS_NO_FOLDER,    /* it is a file, or on the server a file or a link */
    CONTAINERS_INNER,        /* a mount of the container's lies in it, and cannot be taken along */
    CONTAINERS_SHARED,       /* others would get the mount as well */
    CONTAINERS_USER,         /* the namespace belongs to another user namespace */
    CONTAINERS_CHANGED,      /* the mounts are not (any more) as mountinfo says */
    CONTAINERS_DENIED,       /* the server does not let the folder be mounted */
    CONTAINERS_LONG,         /* a name in the table does not fit */
    CONTAINERS_LATE_ANSWER,  /* stopped at its deadline */
    CONTAINERS_STOPPED,      /* by the agent */
    CONTAINERS_STUCK,        /* it does not end, whatever is done to it: the namespace is left alone until it does */
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

/* Where the mount is: descriptors that stay good in any namespace. */
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
