/* SPDX-License-Identifier: MIT */
/*
 * mac: parses /etc/exports by the rules of macOS' nfsd. Pure. A backslash at its end continues a line. A comment takes
 * a whole line. nfsd ignores an unknown option and the rest of its word. The next field may be the value of an option.
 * Sources: exports(5) of macOS; get_export_entry(), nextfield(), clean_pathname(), do_opt() and check_options() of
 * nfsd/mountd.c, apple-oss-distributions/NFS.
 */
#ifndef PACKER_EXPORTS_MAC_H
#define PACKER_EXPORTS_MAC_H

#include "cred.h"

#define EXPORTS_PATH_MAX 255         /* RPCMNT_NAMELEN: nfsd refuses a longer one */
#define EXPORTS_DIRECTORIES_MAX 4096 /* of a line; a limit of this program */

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

/* Why nfsd ignores an entry. It finds the faults up to EXPORTS_ENDLESS when it parses, the others when it exports. */
enum exports_fault {
    EXPORTS_FINE,
    EXPORTS_NO_DIRECTORY,   /* an option or a host comes before any directory */
    EXPORTS_LATE_DIRECTORY, /* a directory comes after an option or a host */
    EXPORTS_LONG_PATH,
    EXPORTS_MANY_DIRECTORIES, /* a limit of this program */
    EXPORTS_NO_USER,          /* in -mapall or -maproot */
    EXPORTS_NO_GROUP,         /* in -mapall or -maproot */
    EXPORTS_BOTH_MAPS,
    EXPORTS_BAD_NETWORK,
    EXPORTS_BAD_MASK,
    EXPORTS_TWO_NETWORKS,
    EXPORTS_MASK_FAMILY, /* one is IPv4, the other IPv6 */
    EXPORTS_MASK_ALONE,
    EXPORTS_NETWORK_AND_HOSTS,
    EXPORTS_BAD_SEC,
    EXPORTS_BAD_FSPATH,
    EXPORTS_BAD_FSUUID,
    EXPORTS_NO_HOST, /* it names hosts, and none is known */
    EXPORTS_ENDLESS, /* the line ends in a backslash, and the file ends there */
    EXPORTS_NOT_FOLDER,
    EXPORTS_LINK,
    EXPORTS_OTHER_VOLUME, /* not the volume of the line's first directory */
    EXPORTS_OTHER_FSPATH,
    EXPORTS_OTHER_FSUUID,
    EXPORTS_NESTED,       /* its directory lies inside that of another line on the same volume, or the reverse */
    EXPORTS_TWICE,        /* another line exports the directory to the same host with other options */
    EXPORTS_TWO_DEFAULTS, /* another line exports the directory to every host with other options */
    EXPORTS_NFSD,         /* nfsd checkexports reported it */
    EXPORTS_FAULTS,
};

#define EXPORTS_SECS_MAX 4

/* A line of the file. The struct exports_mac owns all strings. */
struct exports_entry {
    uint32_t line; /* the number of its first line, from 1 */
    enum exports_fault fault;
    const char *fault_word; /* the word that the fault is about, or "" */
    unsigned int options;   /* bits of enum exports_option; EXPORTS_MAPROOT if there is no mapping */
    size_t first_dir;       /* in words: the cleaned paths, parents before children */
    size_t dir_count;
    size_t first_host; /* in words */
    size_t host_count;
    const char *mapping;         /* the value of the last -mapall or -maproot, or NULL */
    struct exports_cred cred;    /* nobody if there is no mapping */
    const char *sec;             /* the value of -sec, or NULL */
    char secs[EXPORTS_SECS_MAX]; /* its flavors in their order: s (sys), k, i and p (krb5, krb5i, krb5p) */
    size_t sec_count;
    const char *fspath; /* the value of -fspath, or NULL */
    unsigned char fsuuid[16];
    const char *unknown;          /* the first option that nfsd does not know, or NULL */
    unsigned char network_family; /* 4 or 6; 0 without -network and -mask */
    uint32_t network;             /* in host order */
    uint32_t mask;                /* in host order; 0 for that of the network's class */
    unsigned char network6[16];
    unsigned char mask6[16];
};

struct exports_mac {
    struct exports_entry *entries;
    size_t count;
    const char **words;
    size_t word_count;
    char *text; /* the memory of the words */
    size_t text_used;
    size_t text_size;
};

/*
 * Parses size bytes of text. Looks up users, groups and networks in the world. Every line becomes an entry, faulty ones
 * too; comments do not. Returns 0 or -ENOMEM; after -ENOMEM *file is empty. The caller calls exports_mac_free.
 */
int exports_mac_read(struct exports_mac *file, const char *text, size_t size, const struct exports_world *world);

void exports_mac_free(struct exports_mac *file);

/* Returns one clause, a constant, such as "-mapall and -maproot exclude each other". */
const char *exports_fault_text(enum exports_fault fault);

/* True if the path inner lies below outer. Compares names only. Every other absolute path lies below "/". */
bool exports_is_below(const char *outer, const char *inner);

/*
 * Writes path as a field of the file to out of size bytes, with quotes if necessary. Returns false if there is no room,
 * or if the file cannot contain the path: it is not absolute, or it has a control byte.
 */
bool exports_mac_quote(const char *path, char *out, size_t size);

#endif
