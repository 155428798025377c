/* SPDX-License-Identifier: MIT */
/*
 * walk: one line of /etc/exports on its way into the table, and the volume that it is for. Pure; for
 * exports_judge.
 */
#ifndef PACKER_EXPORTS_WALK_H
#define PACKER_EXPORTS_WALK_H

#include "judge.h"

struct exports_walk {
    struct exports_view *view;
    uint32_t index;
    const struct exports_entry *entry;
    struct exports_verdict *verdict;
    uint32_t volume;
    bool is_lenient; /* the kernel does not look for the folders: the entry is offline */
};

const char *exports_walk_dir(const struct exports_walk *walk, size_t i);
void exports_walk_refuse(struct exports_walk *walk, enum exports_fault fault, const char *word);

/* Why a directory that is no folder is none. */
enum exports_fault exports_walk_why(const struct exports_walk *walk, const char *dir);

/*
 * Finds the volume that the entry is for, or the one that nfsd falls back on, and then the entry is offline. 0 or
 * -ENOMEM; a fault is in the verdict.
 */
int exports_walk_volume(struct exports_walk *walk);

#endif
