/* SPDX-License-Identifier: MIT */
/*
 * judge: what a read /etc/exports gives to whom: which lines nfsd takes, which it leaves out and why, and who
 * serves a path to Docker's VM, whose requests come from 127.0.0.1. Pure; it asks the world for hosts, folders and
 * volumes. Sources: exports(5) of macOS, how its nfsd reads the file from top to bottom (nfsd/mountd.c,
 * apple-oss-distributions/NFS), and that the kernel takes no folder that is missing, a link, or on another volume.
 * tests/cli/exports_judged.jsonl has what nfsd makes of hundreds of files.
 */
#ifndef PACKER_EXPORTS_JUDGE_H
#define PACKER_EXPORTS_JUDGE_H

#include "table.h"

#define EXPORTS_DATA_VOLUME "/System/Volumes/Data"

/* Strings and entries are those of the file, which must outlive it, as must the world. */
struct exports_view {
    const struct exports_mac *file;
    const struct exports_world *world;
    struct exports_table table;
};

/* 0 or -ENOMEM; exports_view_free in either case. */
int exports_judge(struct exports_view *view, const struct exports_mac *file, const struct exports_world *world);
void exports_view_free(struct exports_view *view);

enum exports_answer {
    EXPORTS_SERVED,      /* to 127.0.0.1 */
    EXPORTS_OTHER_HOSTS, /* the path is exported, but not to 127.0.0.1 */
    EXPORTS_NOT_ALLDIRS, /* it lies below an export of 127.0.0.1's that lacks -alldirs */
    EXPORTS_MISSING,
};

struct exports_service {
    enum exports_answer answer;
    size_t entry;     /* not for EXPORTS_MISSING */
    const char *dir;  /* of that entry, the one that path is, or lies below; its name on its volume */
    bool is_everyone; /* served because the line names no host at all */
};

/* Who serves the absolute path to a client; both names of a path on the data volume are one. */
struct exports_service exports_serve_to(const struct exports_view *view, const char *path,
                                        const struct exports_address *client);
struct exports_service exports_serve(const struct exports_view *view, const char *path);

/* Whether adding `path` for 127.0.0.1 must fail: the entry and directory that are in its way. */
struct exports_block {
    bool is_nested; /* else it is the same directory, for 127.0.0.1 too */
    size_t entry;
    const char *dir;
};
bool exports_blocks(const struct exports_view *view, const char *path, struct exports_block *block);

/* The name of a path on the volume that holds it: /Users is /System/Volumes/Data/Users there. out has size bytes. */
bool exports_physical(const char *path, char *out, size_t size);

/* That name where there are two, else path itself. */
#define EXPORTS_PLACE_BYTES (EXPORTS_PATH_MAX + sizeof(EXPORTS_DATA_VOLUME))
const char *exports_place(const struct exports_view *view, const char *path, char out[EXPORTS_PLACE_BYTES]);

#endif
