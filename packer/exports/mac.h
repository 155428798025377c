/* SPDX-License-Identifier: MIT */
/*
 * mac: /etc/exports as the nfsd of macOS reads it. Pure. Sources: exports(5) of macOS, and what nfsd does with
 * what the page leaves open (get_export_entry, nextfield, clean_pathname, do_opt and check_options of nfsd/mountd.c,
 * apple-oss-distributions/NFS): a line goes on behind a backslash, a comment is a whole line, an option that is not
 * known ends its word, and the value of an option may be the next field.
 */
#ifndef PACKER_EXPORTS_MAC_H
#define PACKER_EXPORTS_MAC_H

#include "cred.h"

#define EXPORTS_PATH_MAX 255         /* RPCMNT_NAMELEN: nfsd refuses a longer one */
#define EXPORTS_DIRECTORIES_MAX 4096 /* of a line */

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

/* Why nfsd leaves an entry out: as it reads the line, and, from EXPORTS_NOT_FOLDER on, as it exports. */
enum exports_fault {
    EXPORTS_FINE,
    EXPORTS_NO_DIRECTORY,   /* an option or a host before any directory */
    EXPORTS_LATE_DIRECTORY, /* a directory behind an option or a host */
    EXPORTS_LONG_PATH,
    EXPORTS_MANY_DIRECTORIES, /* not nfsd's limit, but this program's */
    EXPORTS_NO_USER,          /* of -mapall or -maproot */
    EXPORTS_NO_GROUP,         /* likewise */
    EXPORTS_BOTH_MAPS,
    EXPORTS_BAD_NETWORK,
    EXPORTS_BAD_MASK,
    EXPORTS_TWO_NETWORKS,
    EXPORTS_MASK_FAMILY, /* IPv4 here, IPv6 there */
    EXPORTS_MASK_ALONE,
    EXPORTS_NETWORK_AND_HOSTS,
    EXPORTS_BAD_SEC,
    EXPORTS_BAD_FSPATH,
    EXPORTS_BAD_FSUUID,
    EXPORTS_NO_HOST, /* there are hosts, and none is known */
    EXPORTS_ENDLESS, /* the file ends where the line should go on */
    EXPORTS_NOT_FOLDER,
    EXPORTS_LINK,
    EXPORTS_OTHER_VOLUME, /* of the line's first directory */
    EXPORTS_OTHER_FSPATH,
    EXPORTS_OTHER_FSUUID,
    EXPORTS_NESTED,       /* one directory lies inside the other, on one volume */
    EXPORTS_TWICE,        /* the same directory, for the same hosts, with other options */
    EXPORTS_TWO_DEFAULTS, /* the same directory twice for everybody, with other options */
    EXPORTS_NFSD,         /* nfsd itself says so */
    EXPORTS_FAULTS,
};

#define EXPORTS_SECS_MAX 4

/* All strings are in the struct exports_mac. */
struct exports_entry {
    uint32_t line; /* the first one, from 1 */
    enum exports_fault fault;
    const char *fault_word; /* what is at fault, or "" */
    unsigned int options;   /* of enum exports_option; without a mapping, EXPORTS_MAPROOT */
    size_t first_dir;       /* of words; without quotes, escapes and slashes at the end; parents before children */
    size_t dir_count;
    size_t first_host;
    size_t host_count;
    const char *mapping; /* the value of the last -mapall or -maproot, or NULL */
    struct exports_cred cred;
    const char *sec; /* the value, or NULL */
    char secs[EXPORTS_SECS_MAX];
    size_t sec_count;
    const char *fspath; /* the value, or NULL */
    unsigned char fsuuid[16];
    const char *unknown; /* the first option that nfsd does not know: it and the rest of its word count for nothing */
    unsigned char network_family; /* 4 or 6; 0: neither -network nor -mask */
    uint32_t network;             /* in host order */
    uint32_t mask;                /* 0: by the network's class */
    unsigned char network6[16];
    unsigned char mask6[16];
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

/*
 * Reads size bytes, and asks the world for users, groups and networks. Every line that is no comment becomes an entry,
 * a faulty one too. 0 or -ENOMEM; then it is empty.
 */
int exports_mac_read(struct exports_mac *file, const char *text, size_t size, const struct exports_world *world);

void exports_mac_free(struct exports_mac *file);

/* One clause, such as "-mapall and -maproot exclude each other"; what goes before "nfsd leaves the line out, as". */
const char *exports_fault_text(enum exports_fault fault);

/* Whether inner lies below outer, by its name alone. Everything absolute lies below "/", not that itself. */
bool exports_is_below(const char *outer, const char *inner);

/*
 * path as a field of the file: quoted where it must be. out has size bytes; false: no room, or it cannot be written
 * (not absolute, a control byte).
 */
bool exports_mac_quote(const char *path, char *out, size_t size);

#endif
