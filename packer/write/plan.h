/* SPDX-License-Identifier: MIT */
/*
 * plan: what `add` writes behind a base, or why it must not. Pure.
 *
 * The rules: a directory is written only where the base has none; a directory or a link of the
 * base is never replaced; links in a path are followed as the kernel follows them.
 */
#ifndef PACKER_PLAN_H
#define PACKER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../image/purpose.h"
#include "manifest.h"
#include "../image/tree.h"

#define PLAN_AGENT_PATH "usr/sbin/usermount"
#define PLAN_INITD_PATH "etc/init.d/usermount"
#define PLAN_CONFIG_PATH "etc/usermount.conf"
#define PLAN_LINK_PATH "etc/runlevels/default/usermount"
#define PLAN_LINK_TARGET "/etc/init.d/usermount"

/* The x86 boot protocol's initrd_addr_max: a larger ramdisk does not load (Documentation/x86/boot). */
#define PLAN_IMAGE_MAX_BYTES UINT64_C(0x7fffffff)

/* What an item's data is. */
enum plan_source {
    PLAN_DIRECTORY,
    PLAN_AGENT,
    PLAN_INITD,
    PLAN_CONFIG,
    PLAN_LINK,
    PLAN_MANIFEST,
};

struct plan_item {
    enum plan_source source;
    const char *path; /* of a directory: in plan->texts; else constant */
    uint32_t mode;    /* with type */
    bool is_fresh;    /* see struct payload_item */
    bool overrides;   /* the base has a file of that name */
};

#define PLAN_ITEMS_MAX 16
#define PLAN_TEXT_BYTES 32

struct plan {
    struct plan_item items[PLAN_ITEMS_MAX]; /* in the order of writing; the manifest is not among them */
    size_t count;
    char texts[PLAN_ITEMS_MAX][PLAN_TEXT_BYTES];
    const char *refused_path; /* for the PLAN_PATH_* refusals; in texts or constant */
};

enum plan_refusal {
    PLAN_GO,
    PLAN_NO_OPENRC,   /* bent by force */
    PLAN_NO_NFS,      /* bent by force */
    PLAN_HAS_SERVICE, /* another tool's service of our name; bent by force */
    PLAN_NO_PROGRAM,
    PLAN_OTHER_MACHINE, /* there is no agent for it */
    PLAN_HAS_MANIFEST,  /* the base is or holds a packed image that cannot be cut off */
    PLAN_PATH_TAKEN,    /* a directory, a link or a device has the name of a file of ours */
    PLAN_PATH_BROKEN,   /* a parent is a file, or a link that leads nowhere */
    PLAN_TOO_LARGE,
};

/*
 * Decides on the base's tree and census. force bends PLAN_NO_OPENRC, PLAN_NO_NFS and PLAN_HAS_SERVICE. Every refusal
 * but PLAN_TOO_LARGE and PLAN_OTHER_MACHINE comes from here; these two are left to the caller, who
 * knows the sizes and the agents.
 */
enum plan_refusal plan_make(const struct tree *tree, const struct census *census, bool force, struct plan *plan);

/* Whether force bends it. */
bool plan_can_be_forced(enum plan_refusal refusal);

/* The reason as one clause. */
const char *plan_refusal_text(enum plan_refusal refusal);

/* The zero bytes between a base of base_bytes and the payload. */
uint64_t plan_padding(uint64_t base_bytes);

/* Whether an image of size bytes with this manifest at its end can be what a packer wrote. */
bool plan_fits(const struct manifest *manifest, uint64_t size);

#endif
