/* SPDX-License-Identifier: MIT */
#include "evidence.h"

#include <stddef.h>
#include <string.h>

static const char *const step_names[STEPS] = {
    [STEP_START] = "start",
    [STEP_RESOLVE] = "resolve",
    [STEP_CONNECT_RPCBIND] = "connect-rpcbind",
    [STEP_DUMP] = "rpcbind-dump",
    [STEP_CONNECT_NFS] = "connect-nfs",
    [STEP_NULL_NFS] = "null-nfs",
    [STEP_CONNECT_MOUNTD] = "connect-mountd",
    [STEP_NULL_MOUNTD] = "null-mountd",
    [STEP_EXPORTS] = "exports",
    [STEP_MNT] = "mnt",
    [STEP_GETATTR] = "getattr",
    [STEP_TARGET] = "target",
    [STEP_MOUNT] = "mount",
    [STEP_STATFS] = "statfs",
    [STEP_READDIR] = "readdir",
    [STEP_READ] = "read",
};

const char *evidence_step_name(enum step step) {
    return step_names[step];
}

static bool ends(const char *text, size_t size) {
    return memchr(text, '\0', size) != NULL;
}

/* The address becomes one of the kernel's mount options, and a comma would add another option. The letters after f are
 * for a zone's name. */
static bool is_address(const char *text, size_t size) {
    for (size_t i = 0; i < size && text[i]; i++)
        if (!strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.:%_-", text[i]))
            return false;
    return ends(text, size);
}

bool evidence_check(const struct evidence *evidence) {
    for (enum step step = 0; step < STEPS; step++)
        if (evidence->steps[step].state >= STEP_STATES || evidence->steps[step].error < 0)
            return false;
    return evidence->rpc < RPC_OUTCOMES && evidence->near < NEAR_MISSES && evidence->prove_read < PROVE_READS &&
           is_address(evidence->address, sizeof evidence->address) &&
           ends(evidence->near_path, sizeof evidence->near_path) && ends(evidence->exports, sizeof evidence->exports) &&
           ends(evidence->detail, sizeof evidence->detail);
}

enum step evidence_fault(const struct evidence *evidence) {
    for (enum step step = 0; step < STEPS; step++) {
        uint8_t state = evidence->steps[step].state;
        /* A server may refuse to list its exports, and serve them. MNT decides. */
        if (step == STEP_EXPORTS && evidence->steps[STEP_MNT].state != STEP_NOT_REACHED)
            continue;
        if (state == STEP_FAILED || state == STEP_RUNNING)
            return step;
    }
    return STEPS;
}

enum step evidence_undone(const struct evidence *evidence, enum evidence_goal goal) {
    static const uint32_t wanted[] = {
        [GOAL_PROBE] = 1u << STEP_RESOLVE | 1u << STEP_CONNECT_NFS | 1u << STEP_NULL_NFS | 1u << STEP_CONNECT_MOUNTD |
                       1u << STEP_NULL_MOUNTD | 1u << STEP_MNT | 1u << STEP_GETATTR,
        [GOAL_MOUNT] = 1u << STEP_STATFS | 1u << STEP_READDIR | 1u << STEP_READ,
    };

    for (enum step step = 0; step < STEPS; step++)
        if ((wanted[goal] >> step & 1) && evidence->steps[step].state != STEP_DONE)
            return step;
    return STEPS;
}
