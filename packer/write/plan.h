/* SPDX-License-Identifier: MIT */
/*
 * plan: decides what `add` appends to a base, or why it refuses. Pure.
 *
 * A directory is written only if the base lacks it. A directory or a symbolic link of the base is never replaced.
 * Symbolic links in a path are followed by the kernel's rules (path_resolution(7)).
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

/* initrd_addr_max of the x86 boot protocol: a larger ramdisk does not load. Source: Documentation/x86/boot.rst. */
#define PLAN_IMAGE_MAX_BYTES UINT64_C(0x7fffffff)

/* The origin of an item's data. */
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
    const char *path; /* relative to the root; for a directory in plan->texts, else a constant */
    uint32_t mode;    /* with the type */
    bool is_fresh;    /* see struct payload_item */
    bool overrides;   /* the base has a file of that name */
};

#define PLAN_ITEMS_MAX 16
#define PLAN_TEXT_BYTES 32

struct plan {
    struct plan_item items[PLAN_ITEMS_MAX]; /* in the order of writing; without the manifest */
    size_t count;
    char texts[PLAN_ITEMS_MAX][PLAN_TEXT_BYTES];
    const char *refused_path; /* for PLAN_PATH_* and PLAN_HAS_SERVICE, else NULL; in texts or a constant */
};

enum plan_refusal {
    PLAN_GO,
    PLAN_NO_OPENRC,    /* force ignores it */
    PLAN_NO_NFS,       /* force ignores it */
    PLAN_HAS_SERVICE,  /* another tool has a service of this name; force ignores it */
    PLAN_NO_PROGRAM,   /* no program shows the architecture */
    PLAN_HAS_MANIFEST, /* the base contains a packed image, whose end is unknown */
    PLAN_PATH_TAKEN,   /* something other than a regular file, or another link, has the name of a file to be added */
    PLAN_PATH_BROKEN,  /* a parent is a file, or a symbolic link that leads nowhere */
    PLAN_TOO_LARGE,    /* plan_make never returns it: the caller knows the sizes */
};

/* Plans for the base's tree and census. force ignores the refusals for which plan_can_be_forced is true. */
enum plan_refusal plan_make(const struct tree *tree, const struct census *census, bool force, struct plan *plan);

bool plan_can_be_forced(enum plan_refusal refusal);

/* Returns the reason: one clause, a constant. */
const char *plan_refusal_text(enum plan_refusal refusal);

/* Returns the number of zero bytes between a base of base_bytes and the payload: 0 to 3. */
uint64_t plan_padding(uint64_t base_bytes);

/* True if the sizes in the manifest are possible for an image of size bytes that ends with it. */
bool plan_fits(const struct manifest *manifest, uint64_t size);

#endif
