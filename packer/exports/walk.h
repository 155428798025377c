/* SPDX-License-Identifier: MIT */
/*
 * walk: finds the volume of a line of /etc/exports. Pure; for judge.c. Source: nfsd/mountd.c, get_exportlist() and
 * find_exported_fs_by_dirlist().
 */
#ifndef PACKER_EXPORTS_WALK_H
#define PACKER_EXPORTS_WALK_H

#include "judge.h"

/* The processing of one entry. */
struct exports_walk {
    struct exports_view *view;
    uint32_t index; /* of the entry */
    const struct exports_entry *entry;
    struct exports_verdict *verdict;
    uint32_t volume;
    bool is_lenient; /* the entry is offline, so the kernel does not check the folders */
};

/* Returns directory number i of the entry. */
const char *exports_walk_dir(const struct exports_walk *walk, size_t i);

/* Sets the fault of the verdict. */
void exports_walk_refuse(struct exports_walk *walk, enum exports_fault fault, const char *word);

/* Returns EXPORTS_LINK or EXPORTS_NOT_FOLDER for a path that is no folder. */
enum exports_fault exports_walk_why(const struct exports_walk *walk, const char *dir);

/*
 * Finds the volume of the entry. If nfsd would fall back to another volume, takes that one and marks the entry as
 * offline. A fault goes to the verdict. Returns 0 or -ENOMEM.
 */
int exports_walk_volume(struct exports_walk *walk);

#endif
