/* SPDX-License-Identifier: MIT */
/*
 * exports_judge: what a read /etc/exports gives to whom: which lines nfsd takes, which it leaves out because they
 * conflict, and who serves a path to Docker's VM, whose requests come from 127.0.0.1. Pure. Sources: exports(5) of
 * macOS; get_exportlist(), hang_options_setup() and expdir_search() of its nfsd/mountd.c.
 */
#ifndef PACKER_EXPORTS_JUDGE_H
#define PACKER_EXPORTS_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "exports_mac.h"

#define EXPORTS_DATA_VOLUME "/System/Volumes/Data"

/* A directory that nfsd exports, or one on the same line below it that may be mounted too. */
struct exports_share {
    size_t entry;
    const char *dir;
    const char *top; /* the exported directory; dir itself, but for one below it */
};

enum exports_clash {
    EXPORTS_NESTED,       /* one lies inside the other, on one volume */
    EXPORTS_TWICE,        /* the same directory, for the same hosts, with other options */
    EXPORTS_TWO_DEFAULTS, /* the same directory twice for everybody, with other options */
};

/* The later line of the two is the one that nfsd leaves out. */
struct exports_conflict {
    enum exports_clash clash;
    size_t entry;
    size_t other;
    const char *dir;
    const char *other_dir;
};

/* Strings and entries are those of the file, which must outlive it. */
struct exports_view {
    const struct exports_mac *file;
    bool is_split; /* macOS 10.15 and later: /Users is on the volume /System/Volumes/Data */
    struct exports_share *shares;
    size_t share_count;
    struct exports_conflict *conflicts;
    size_t conflict_count;
};

/* 0 or -ENOMEM; exports_view_free in either case. */
int exports_judge(struct exports_view *view, const struct exports_mac *file, bool is_split);
void exports_view_free(struct exports_view *view);

enum exports_answer {
    EXPORTS_SERVED,      /* to localhost */
    EXPORTS_OTHER_HOSTS, /* the path is exported, but not to localhost */
    EXPORTS_NOT_ALLDIRS, /* it lies below an export of localhost's that lacks -alldirs */
    EXPORTS_MISSING,
};

struct exports_service {
    enum exports_answer answer;
    size_t entry;     /* not for EXPORTS_MISSING */
    const char *dir;  /* of that entry, the one that path is, or lies below */
    bool is_everyone; /* served because the line names no host at all */
};

/* Who serves the absolute path; both names of a path on the data volume are one. */
struct exports_service exports_serve(const struct exports_view *view, const char *path);

/* Whether adding `path` for localhost must fail: the entry that is in its way, in *other. */
bool exports_blocks(const struct exports_view *view, const char *path, struct exports_conflict *other);

/* 0: the same; 1: inner lies below outer; -1: neither. Under its physical name when is_split. */
int exports_below(const char *outer, const char *inner, bool is_split);

/* The name of a path on the volume that holds it: /Users is /System/Volumes/Data/Users there. out has size bytes. */
bool exports_physical(const char *path, char *out, size_t size);

#endif
