/* SPDX-License-Identifier: MIT */
/*
 * plan: plans what --fix and --unfix write to a file, or refuses. Nothing is written here. Unless a comment says
 * otherwise, the functions print why they refuse, with file and line, and return the exit code.
 */
#ifndef PACKER_DOCTOR_PLAN_H
#define PACKER_DOCTOR_PLAN_H

#include "marked.h"
#include "doctor.h"

#define DOCTOR_PLAN_HEADING "# Written by usermount-pack doctor --fix; doctor --unfix removes it.\n"
/* Quoting can double the length of a path. */
#define DOCTOR_PLAN_BYTES (sizeof(DOCTOR_PLAN_HEADING) + CONFIG_MOUNTS_MAX * (2 * CONFIG_PATH_SIZE + 128))

struct doctor_plan {
    struct doctor_file *file; /* not owned */
    struct block block;       /* the block in the present file */
    char *lines;              /* the lines between the markers; owned; NULL: no block */
    char *text;               /* the whole new file; owned */
    size_t size;
    bool is_change;      /* the new file differs */
    bool goes;           /* there is no new file */
    unsigned int backup; /* a free number for the backup (mac_edit.h); 0: none, or none is needed */
};

/* Plan --fix. The caller calls doctor_plan_free in either case. */
int doctor_plan_exports(struct doctor *doctor, struct doctor_plan *plan);
int doctor_plan_nfsconf(struct doctor *doctor, struct doctor_plan *plan);

/* Plans --unfix: removes the block. */
int doctor_plan_removal(struct doctor_file *file, struct doctor_plan *plan);

/* The first step: finds the block. The caller then sets plan->lines. */
int doctor_plan_start(struct doctor_file *file, struct doctor_plan *plan);

/* The last step: composes the new file. */
int doctor_plan_finish(struct doctor_plan *plan);

/*
 * Returns a copy of the file in which the lines of the block are comments: the lines of others keep their numbers. The
 * caller frees it. NULL without memory; prints nothing.
 */
char *doctor_plan_foreign(const struct doctor_file *file, const struct block *block);

/* Print the error, and return its exit code. */
int doctor_plan_no_memory(const struct doctor_file *file);
int doctor_plan_refuse(const struct doctor_file *file, uint32_t line, const char *why);

void doctor_plan_free(struct doctor_plan *plan);

#endif
