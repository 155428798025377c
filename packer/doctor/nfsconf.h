/* SPDX-License-Identifier: MIT */
/*
 * nfsconf: /etc/nfs.conf of macOS, as its nfsd reads it. Pure. Sources: nfs.conf(5), fparseln(3), and config_read() of
 * nfsd/main.c: "key = value", "#" up to the end of the line unless a backslash is before it, a backslash at the end
 * continues the line, a key without "=" means 1, a value that is no number means 0, and the last line of a key counts.
 */
#ifndef PACKER_NFSCONF_H
#define PACKER_NFSCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nfsconf_value {
    bool is_set;
    uint32_t line;   /* where its last line begins, from 1 */
    int64_t number;  /* the lower 32 bits of what strtol(3) with base 0 makes of it */
    bool is_numeric; /* the value is a number, with nothing behind it */
};

/* The value of a key such as "nfs.server.mount.require_resv_port" in size bytes of text. Keys are case sensitive. */
struct nfsconf_value nfsconf_get(const char *text, size_t size, const char *key);

#endif
