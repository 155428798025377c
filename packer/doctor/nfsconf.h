/* SPDX-License-Identifier: MIT */
/*
 * nfsconf: reads a setting of /etc/nfs.conf by the rules of macOS' nfsd. Pure. A line is "key = value". "#" begins a
 * comment unless a backslash is before it. A backslash at its end continues a line. A key without "=" means 1, and a
 * value that is no number means 0. The last line of a key counts. Sources: nfs.conf(5), fparseln(3), config_read() of
 * nfsd/main.c.
 */
#ifndef PACKER_NFSCONF_H
#define PACKER_NFSCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nfsconf_value {
    bool is_set;     /* false: the file does not contain the key */
    uint32_t line;   /* the number of its last line, from 1 */
    int64_t number;  /* strtol(3) with base 0, cut to 32 bits */
    bool is_numeric; /* the value is a number and nothing else */
};

/* Returns the value of a key such as "nfs.server.mount.require_resv_port" in size bytes of text. Case matters. */
struct nfsconf_value nfsconf_get(const char *text, size_t size, const char *key);

#endif
