/* SPDX-License-Identifier: MIT */
/*
 * evidence: what one attempt at one mount found out, step by step. The workers write it; verdict reads it. PURE.
 *
 * It is a plain record of fixed size, which goes through a pipe as it is. A worker under an attacker's control may have
 * written anything: call evidence_check() before any other use.
 */
#ifndef USERMOUNT_EVIDENCE_H
#define USERMOUNT_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#define EVIDENCE_ADDRESS_SIZE 64 /* an IPv6 address, "%" and a zone */
#define EVIDENCE_TEXT_SIZE 256

/* In the order of an attempt: the probe, the kernel's mount, the proof. */
enum step {
    STEP_START,           /* of the worker itself: FAILED if it did not start or ended early, never DONE */
    STEP_RESOLVE,         /* name -> address */
    STEP_CONNECT_RPCBIND, /* TCP, port 111 */
    STEP_DUMP,            /* PMAPPROC_DUMP (RFC 1833, 3.2) */
    STEP_CONNECT_NFS,
    STEP_NULL_NFS,
    STEP_CONNECT_MOUNTD,
    STEP_NULL_MOUNTD,
    STEP_EXPORTS, /* MOUNTPROC3_EXPORT (RFC 1813, 5.2.5) */
    STEP_MNT,     /* MOUNTPROC3_MNT in user space (5.2.1) */
    STEP_GETATTR, /* NFSPROC3_GETATTR of the handle that MNT returned (3.3.1) */
    STEP_TARGET,  /* the directory to mount on */
    STEP_MOUNT,   /* mount(2) */
    STEP_STATFS,  /* the file system on the target is NFS */
    STEP_READDIR,
    STEP_READ, /* a reply larger than one network frame */
    STEPS
};

/* A step that was under way when its worker was killed stays RUNNING. */
enum step_state { STEP_NOT_REACHED, STEP_RUNNING, STEP_DONE, STEP_FAILED, STEP_STATES };

struct step_result {
    uint8_t state; /* enum step_state */
    int32_t error; /* errno of the call that failed; 0: another field tells the failure */
    uint32_t elapsed_us;
};

enum near_miss {
    NEAR_NONE,
    NEAR_CASE,
    NEAR_PARENT,
    NEAR_CHILD,
    NEAR_SYSTEM_VOLUME, /* the same folder, with /System/Volumes/Data added or removed */
    NEAR_SYSTEM_PARENT, /* a folder above it, with /System/Volumes/Data in front, or that volume itself */
    NEAR_MISSES
};

enum rpc_outcome {
    RPC_FINE,
    RPC_LOST,       /* no complete reply: reset, end of file, timeout */
    RPC_GARBLED,    /* a reply that cannot be decoded */
    RPC_NO_PROGRAM, /* PROG_UNAVAIL */
    RPC_NO_VERSION, /* PROG_MISMATCH */
    RPC_AUTH,       /* MSG_DENIED, AUTH_ERROR */
    RPC_REFUSED,    /* any other reply than SUCCESS */
    RPC_UNSENT,     /* this machine failed and sent nothing; `detail` names the call */
    RPC_OUTCOMES
};

enum prove_read { PROVE_READ_NOTHING, PROVE_READ_LONG_DIRECTORY, PROVE_READ_FILE, PROVE_READS };

struct evidence {
    struct step_result steps[STEPS];
    char address[EVIDENCE_ADDRESS_SIZE]; /* numeric, of the server */
    uint16_t nfs_port;                   /* 0: not known */
    uint16_t mount_port;
    uint8_t unknown_name;  /* STEP_RESOLVE: the name does not exist */
    uint32_t nfs_versions; /* bit n: version n is registered on TCP; 0: none */
    uint32_t mount_versions;
    uint8_t nfs_registered; /* any version, on any transport */
    uint8_t rpc;            /* enum rpc_outcome, of the step that failed */
    uint32_t rpc_why;       /* RPC_AUTH: enum auth_stat (RFC 5531, 9) */
    uint32_t mount_status;  /* mountstat3 of STEP_MNT */
    uint32_t nfs_status;    /* nfsstat3 of STEP_GETATTR */
    uint8_t listed;         /* STEP_EXPORTS: the export is in the list */
    uint8_t near;           /* enum near_miss: the kind of the most similar path, which is `near_path` */
    uint32_t export_count;
    char near_path[EVIDENCE_TEXT_SIZE];
    char exports[EVIDENCE_TEXT_SIZE]; /* the start of the list, joined by ", " */
    uint8_t prove_read;               /* enum prove_read */
    uint32_t behind;                  /* mounts in running containers that still show the old content */
    char detail[EVIDENCE_TEXT_SIZE];  /* the call that failed, the option refused, the other file system's name */
};

/* Whether every enum is in its range, every string ends, and the address has only an address's characters. */
bool evidence_check(const struct evidence *evidence);

/* The first step that failed or was under way; STEPS: none. */
enum step evidence_fault(const struct evidence *evidence);

/* What makes an attempt a success: for a probe, all of its steps but rpcbind's and the export list, which a server can
 * do without; for a mount, the proof. */
enum evidence_goal { GOAL_PROBE, GOAL_MOUNT };

/* The first of these steps that is not done; STEPS: all are. */
enum step evidence_undone(const struct evidence *evidence, enum evidence_goal goal);

/* The step's name in the log and in `probe`, such as "connect-rpcbind". */
const char *evidence_step_name(enum step step);

#endif
