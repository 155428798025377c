/* SPDX-License-Identifier: MIT */
/*
 * judge: decides which lines of /etc/exports nfsd serves, which it ignores and why, and which line serves a path to
 * Docker's VM. Requests of the VM come from 127.0.0.1. Pure; it looks up hosts, folders and volumes in the world.
 *
 * Sources: exports(5) of macOS; nfsd/mountd.c of apple-oss-distributions/NFS, which processes the file from top to
 * bottom. The kernel refuses a folder that is missing, a symbolic link, or on another volume.
 * tests/cli/exports_judged.jsonl contains nfsd's answers to hundreds of files.
 */
#ifndef PACKER_EXPORTS_JUDGE_H
#define PACKER_EXPORTS_JUDGE_H

#include "table.h"

#define EXPORTS_DATA_VOLUME "/System/Volumes/Data"

/* The file and the world must outlive the view. Its strings and entries are those of the file. */
struct exports_view {
    const struct exports_mac *file;
    const struct exports_world *world;
    struct exports_table table;
};

/* Judges a file that exports_mac_read has read. Returns 0 or -ENOMEM. The caller calls exports_view_free in either
 * case.
 */
int exports_judge(struct exports_view *view, const struct exports_mac *file, const struct exports_world *world);
void exports_view_free(struct exports_view *view);

enum exports_answer {
    EXPORTS_SERVED,      /* nfsd serves the path to the client */
    EXPORTS_OTHER_HOSTS, /* nfsd serves it only to other hosts */
    EXPORTS_NOT_ALLDIRS, /* the path lies below a folder that is exported to the client without -alldirs */
    EXPORTS_MISSING,     /* no line exports it */
};

struct exports_service {
    enum exports_answer answer;
    size_t entry;     /* the line's index in the file; not for EXPORTS_MISSING */
    const char *dir;  /* the exported folder that is the path, or contains it, as the line names it */
    bool is_everyone; /* the line names no host, so nfsd serves every host */
};

/* Finds the line that serves an absolute path to a client. Both names of a path on the data volume are the same path.
 */
struct exports_service exports_serve_to(const struct exports_view *view, const char *path,
                                        const struct exports_address *client);

/* exports_serve_to for 127.0.0.1. */
struct exports_service exports_serve(const struct exports_view *view, const char *path);

/* An entry that conflicts with a new export of a path to 127.0.0.1. */
struct exports_block {
    bool is_nested; /* one of the two folders lies inside the other; else they are the same, for 127.0.0.1 too */
    size_t entry;
    const char *dir;
};

/* Returns true and fills *block if nfsd would refuse an additional line for `path` and 127.0.0.1. */
bool exports_blocks(const struct exports_view *view, const char *path, struct exports_block *block);

/*
 * Writes the name of a path on its volume to out of size bytes: /System/Volumes/Data/Users for /Users. Returns false if
 * it does not fit. Only for macOS 10.15 and later.
 */
bool exports_physical(const char *path, char *out, size_t size);

/* Returns that name if the world is_split, else path. */
#define EXPORTS_PLACE_BYTES (EXPORTS_PATH_MAX + sizeof(EXPORTS_DATA_VOLUME))
const char *exports_place(const struct exports_view *view, const char *path, char out[EXPORTS_PLACE_BYTES]);

#endif
