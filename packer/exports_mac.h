/* SPDX-License-Identifier: MIT */
/*
 * exports_mac: /etc/exports as the nfsd of macOS reads it. Pure. Sources: exports(5) of macOS, and what nfsd does with
 * what the page leaves open (get_export_entry, nextfield, clean_pathname, do_opt and check_options of nfsd/mountd.c,
 * apple-oss-distributions/NFS): a line goes on behind a backslash, a comment is a whole line, an option that is not
 * known ends its word, and the value of an option may be the next field.
 */
#ifndef PACKER_EXPORTS_MAC_H
#define PACKER_EXPORTS_MAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORTS_PATH_MAX 255 /* RPCMNT_NAMELEN: nfsd refuses a longer one */

enum exports_option {
    EXPORTS_RO = 1,
    EXPORTS_ALLDIRS = 2,
    EXPORTS_MAPALL = 4,
    EXPORTS_MAPROOT = 8,
    EXPORTS_NETWORK = 16,
    EXPORTS_MASK = 32,
    EXPORTS_SEC = 64,
    EXPORTS_OFFLINE = 128,
    EXPORTS_FSPATH = 256,
    EXPORTS_FSUUID = 512,
    EXPORTS_32BITCLIENTS = 1024,
    EXPORTS_MANGLEDNAMES = 2048,
};

/* Why nfsd leaves a whole entry out. */
enum exports_fault {
    EXPORTS_FINE,
    EXPORTS_NO_DIRECTORY,   /* an option or a host before any directory */
    EXPORTS_LATE_DIRECTORY, /* a directory behind an option or a host */
    EXPORTS_LONG_PATH,
    EXPORTS_BAD_MAP, /* -mapall or -maproot names nobody */
    EXPORTS_BOTH_MAPS,
    EXPORTS_BAD_NETWORK,
    EXPORTS_BAD_MASK,
    EXPORTS_TWO_NETWORKS,
    EXPORTS_MASK_ALONE,
    EXPORTS_NETWORK_AND_HOSTS,
    EXPORTS_BAD_SEC,
    EXPORTS_BAD_FSPATH,
    EXPORTS_BAD_FSUUID,
    EXPORTS_NO_HOST, /* there are hosts, and none can be one */
    EXPORTS_ENDLESS, /* the file ends where the line should go on */
    EXPORTS_FAULTS,
};

enum exports_host_kind {
    EXPORTS_HOST_LOOPBACK, /* localhost, 127.0.0.0/8 */
    EXPORTS_HOST_ADDRESS,  /* another IPv4 or IPv6 address, ::1 among them */
    EXPORTS_HOST_NAME,     /* a host or a netgroup: only the Mac could tell which address it has */
    EXPORTS_HOST_BAD,      /* no name and no address */
};

/* All strings are in the struct exports_mac. */
struct exports_entry {
    uint32_t line; /* the first one, from 1 */
    enum exports_fault fault;
    const char *fault_word; /* what is at fault, or "" */
    unsigned int options;   /* of enum exports_option */
    size_t first_dir;       /* of words; without quotes, escapes and slashes at the end; parents before children */
    size_t dir_count;
    size_t first_host;
    size_t host_count;
    const char *mapall;  /* the value, or NULL */
    const char *maproot; /* the value, or NULL */
    const char *sec;     /* the value, or NULL */
    const char *unknown; /* the first option that nfsd does not know: it and the rest of its word count for nothing */
    const char *bad_host;
    bool is_ipv4; /* the network is, and address and mask are set */
    uint32_t network;
    uint32_t mask;
};

struct exports_mac {
    struct exports_entry *entries;
    size_t count;
    const char **words;
    size_t word_count;
    char *text; /* where the words are */
    size_t text_used;
    size_t text_size;
};

/* Reads size bytes. Every line that is no comment becomes an entry, a faulty one too. 0 or -ENOMEM; then it is empty.
 */
int exports_mac_read(struct exports_mac *file, const char *text, size_t size);

void exports_mac_free(struct exports_mac *file);

/* One clause, such as "-mapall and -maproot exclude each other". */
const char *exports_fault_text(enum exports_fault fault);

enum exports_host_kind exports_host_kind(const char *word);

/*
 * path as a field of the file: quoted where it must be. out has size bytes; false: no room, or it cannot be written
 * (not absolute, a control byte).
 */
bool exports_mac_quote(const char *path, char *out, size_t size);

#endif
