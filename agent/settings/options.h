/* SPDX-License-Identifier: MIT */
/*
 * options: mount options for NFS version 3, from text to mount(2)'s flags and data string.
 *
 * PURE. The built-in options come first, then the value of the key `options`, then the mount's own. A later option
 * replaces an earlier one of the same meaning ("hard" after "soft", "acl" after "noacl").
 * Sources: nfs(5), fs/nfs/super.c and fs_context.c for the names; mount(8) for the flags.
 */
#ifndef USERMOUNT_OPTIONS_H
#define USERMOUNT_OPTIONS_H

#include "../common/text.h"
#include "config.h"

#include <stdbool.h>
#include <stdint.h>

/* Every mount's; nfs(5) explains each. Measured in docs/benchmarks.md. */
#define OPTIONS_BUILT_IN "vers=3,proto=tcp,mountproto=tcp,hard,noacl,nolock,noatime,async"

/* Added for a mount whose edits the Mac reports: the client asks the server again only after a report, or after ten
 * minutes. */
#define OPTIONS_COHERENT "nocto,actimeo=600"

/* Room for two lists of CONFIG_OPTIONS_SIZE, the built-in ones, the ports and the address: whatever config.h accepts
 * fits. The kernel takes a page. */
#define OPTIONS_DATA_SIZE 1536

/* What the probe found. `address` is numeric, without brackets. Port 0: the kernel asks rpcbind. */
struct options_found {
    const char *address;
    uint16_t nfs_port;
    uint16_t mount_port;
    bool coherent; /* add OPTIONS_COHERENT to the built-in ones */
};

struct options {
    unsigned long flags; /* MS_* of mount(2) */
    char data[OPTIONS_DATA_SIZE];
    uint16_t nfs_port; /* the user's port= and mountport=; 0: none */
    uint16_t mount_port;
    bool soft;
};

/* Checks a value of the key `options`. CONFIG_OK, or the first fault. */
enum config_reason options_check(const char *list);

/* The first option of `list` that Moby's kernels, 4.4 and 4.9, do not know; at == NULL: they know all. It is no fault:
 * the running kernel decides. */
struct text options_strange(const char *list);

/* Builds *options from the built-in options, `common`, `own` and `found`. The user's ports win over those found.
 * Without `found`, which may be NULL, options->data is incomplete and the user's ports are valid. CONFIG_OK, or the
 * first fault. */
enum config_reason options_build(const char *common, const char *own, const struct options_found *found,
                                 struct options *options);

/* Whether the user's options set how the client caches (actimeo, ac*, noac, cto, nocto, lookupcache). The caller then
 * adds no OPTIONS_COHERENT. */
bool options_say_caching(const char *common, const char *own);

/* Appends `common` and `own`, joined by a comma: the options that the kernel may have refused with EINVAL. */
void options_added(const char *common, const char *own, struct text_out *out);

#endif
