/* SPDX-License-Identifier: MIT */
/*
 * options: mount options for NFS version 3, from text to what mount(2) wants: flags and a data string.
 *
 * PURE. The built-in options come first, then those of the key `options`, then the mount's own; a later
 * option takes the place of an earlier one of the same meaning ("hard" after "soft", "acl" after "noacl").
 * Sources: nfs(5), fs/nfs/super.c and fs_context.c for the names; mount(8) for the flags.
 */
#ifndef USERMOUNT_OPTIONS_H
#define USERMOUNT_OPTIONS_H

#include "../common/text.h"

#include <stdbool.h>
#include <stdint.h>

/* What every mount starts from; nfs(5) explains each. Measured in docs/benchmarks.md. */
#define OPTIONS_BUILT_IN "vers=3,proto=tcp,mountproto=tcp,hard,noacl,nolock,noatime,async"

/* What is added for a mount that is told of every edit: it asks again only when it is told to, or after ten minutes. */
#define OPTIONS_COHERENT "nocto,actimeo=600"

/* Two lists of CONFIG_OPTIONS_SIZE, the built-in ones and what was found: whatever config.h accepts fits, and the
 * kernel takes a page. */
#define OPTIONS_DATA_SIZE 1536

enum options_error {
    OPTIONS_OK,
    OPTIONS_UDP,     /* UDP does not reach the Mac, or loses large replies */
    OPTIONS_VERSION, /* another version than 3 */
    OPTIONS_OURS,    /* addr= and the like, which the probe decides */
    OPTIONS_SYNTAX,  /* an empty option, a quote or a blank, or a value that the option does not have */
    OPTIONS_LIST,    /* brackets or quotes: another program's list */
    OPTIONS_OWNER,   /* d4m-nfs's UID:GID */
    OPTIONS_DOCKER,  /* a word of docker run -v */
    OPTIONS_TOO_MANY
};

/* What the probe found. `address` is numeric, without brackets. A port of 0 is left to the kernel. */
struct options_found {
    const char *address;
    uint16_t nfs_port;
    uint16_t mount_port;
    bool coherent; /* add OPTIONS_COHERENT to the built-in ones */
};

struct options {
    unsigned long flags; /* MS_* of mount(2) */
    char data[OPTIONS_DATA_SIZE];
    uint16_t nfs_port; /* port= and mountport= of the user, 0 where there is none */
    uint16_t mount_port;
    bool soft;
};

/* Whether `list` may stand in `options`; on a fault *bad is the offending option, a slice of `list`. */
enum options_error options_check(const char *list, struct text *bad);

/* The first option of `list` that neither 4.4 nor 4.9 knows, Moby's kernels; at == NULL where they know all. It is no
 * fault: the kernel at hand is the judge. */
struct text options_strange(const char *list);

/* Built-in options, `common`, `own` and what was found, as one. `found` may be NULL: then data is not complete,
 * but the ports that the user asked for are known. A user's port wins over the one found. */
enum options_error options_build(const char *common, const char *own, const struct options_found *found,
                                 struct options *options);

/* Whether the options say how the client caches (actimeo, ac*, noac, cto, nocto, lookupcache): then they are followed,
 * and OPTIONS_COHERENT is not added. */
bool options_say_caching(const char *common, const char *own);

/* The options in `common` and `own` that are not built in, joined by commas: the suspects when the kernel says
 * EINVAL. */
void options_added(const char *common, const char *own, struct text_out *out);

#endif
