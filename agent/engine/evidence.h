/* SPDX-License-Identifier: MIT */
/*
 * evidence: what one attempt at one mount found out, step by step. Written by the workers, read by verdict.
 *
 * A plain record of fixed size, so that it can go through a pipe as it is. A worker that met hostile bytes may
 * have written anything: evidence_check() comes before any other use.
 */
#ifndef USERMOUNT_EVIDENCE_H
#define USERMOUNT_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#define EVIDENCE_ADDRESS_SIZE 64 /* INET6_ADDRSTRLEN and a zone */
#define EVIDENCE_TEXT_SIZE 256

/* In the order in which an attempt takes them. The probe's come first, then the kernel's mount, then the proof. */
enum step {
    STEP_START,           /* of the worker itself; never DONE, and FAILED where it did not run to its own end */
    STEP_RESOLVE,         /* name -> address */
    STEP_CONNECT_RPCBIND, /* TCP, port 111 */
    STEP_DUMP,            /* PMAPPROC_DUMP (RFC 1833, 3.2) */
    STEP_CONNECT_NFS,
    STEP_NULL_NFS,
    STEP_CONNECT_MOUNTD,
    STEP_NULL_MOUNTD,
    STEP_EXPORTS, /* MOUNTPROC3_EXPORT (RFC 1813, 5.2.5) */
    STEP_MNT,     /* MOUNTPROC3_MNT in user space */
    STEP_GETATTR, /* NFSPROC3_GETATTR of the handle that MNT gave */
    STEP_TARGET,  /* the directory to mount on */
    STEP_MOUNT,   /* mount(2) */
    STEP_STATFS,  /* the file system on the target is NFS */
    STEP_READDIR,
    STEP_READ, /* a reply larger than one network frame */
    STEPS
};

/* A step that was under way when its worker was stopped at the deadline stays RUNNING. */
enum step_state { STEP_NOT_REACHED, STEP_RUNNING, STEP_DONE, STEP_FAILED, STEP_STATES };

struct step_result {
    uint8_t state; /* enum step_state */
    int32_t error; /* errno of the call that failed, 0 where the failure is in another field */
    uint32_t elapsed_us;
};

enum near_miss {
    NEAR_NONE,
    NEAR_CASE,
    NEAR_PARENT,
    NEAR_CHILD,
    NEAR_SYSTEM_VOLUME, /* the same folder, below or without /System/Volumes/Data */
    NEAR_SYSTEM_PARENT, /* a folder above it, or the volume itself, below /System/Volumes/Data */
    NEAR_MISSES
};

enum rpc_outcome {
    RPC_FINE,
    RPC_LOST,       /* no whole answer: reset, end of file, time */
    RPC_GARBLED,    /* an answer that cannot be decoded */
    RPC_NO_PROGRAM, /* PROG_UNAVAIL */
    RPC_NO_VERSION, /* PROG_MISMATCH */
    RPC_AUTH,       /* MSG_DENIED, AUTH_ERROR */
    RPC_REFUSED,    /* any other reply than SUCCESS */
    RPC_UNSENT,     /* nothing went out: this machine could not; `detail` names the call */
    RPC_OUTCOMES
};

enum prove_read { PROVE_READ_NOTHING, PROVE_READ_LONG_DIRECTORY, PROVE_READ_FILE, PROVE_READS };

struct evidence {
    struct step_result steps[STEPS];
    char address[EVIDENCE_ADDRESS_SIZE]; /* numeric, of the server */
    uint16_t nfs_port;                   /* 0: not known */
    uint16_t mount_port;
    uint8_t unknown_name;  /* STEP_RESOLVE: the resolver says that there is no such name */
    uint32_t nfs_versions; /* bit n: version n is registered on TCP; 0: none */
    uint32_t mount_versions;
    uint8_t nfs_registered; /* any version, on any transport */
    uint8_t rpc;            /* enum rpc_outcome, of the step that failed */
    uint32_t rpc_why;       /* RPC_AUTH: enum auth_stat (RFC 5531, 9) */
    uint32_t mount_status;  /* mountstat3 of STEP_MNT */
    uint32_t nfs_status;    /* nfsstat3 of STEP_GETATTR */
    uint8_t listed;         /* STEP_EXPORTS: the export is in the list */
    uint8_t near;           /* enum near_miss: the best other candidate, in `near_path` */
    uint32_t export_count;
    char near_path[EVIDENCE_TEXT_SIZE];
    char exports[EVIDENCE_TEXT_SIZE]; /* the start of the list, joined by ", " */
    uint8_t prove_read;               /* enum prove_read */
    uint32_t behind;                  /* mounts in running containers that are, after containers_spread() */
    char detail[EVIDENCE_TEXT_SIZE];  /* the call that failed, the option refused, the other file system's name */
};

/* Whether every enum is in its range, every string ends, and the address may be one. */
bool evidence_check(const struct evidence *evidence);

/* The step that failed or was under way, STEPS when there is none. */
enum step evidence_fault(const struct evidence *evidence);

/* What an attempt has to do before it may be called good: the probe all of its steps (rpcbind's and the list excepted,
 * which a server can serve without), a mount its proof. */
enum evidence_goal { GOAL_PROBE, GOAL_MOUNT };

/* The first step of those that is not done, STEPS when all are. */
enum step evidence_undone(const struct evidence *evidence, enum evidence_goal goal);

/* "connect-rpcbind": the step's name in the log and in `probe`. */
const char *evidence_step_name(enum step step);

#endif
