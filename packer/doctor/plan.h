/* SPDX-License-Identifier: MIT */
/*
 * plan: what --fix would write between the markers, or why it must not.
 */
#ifndef PACKER_DOCTOR_PLAN_H
#define PACKER_DOCTOR_PLAN_H

#include "marked.h"
#include "doctor.h"

#define DOCTOR_PLAN_HEADING "# Written by usermount-pack doctor --fix; doctor --unfix takes it out again.\n"
/* Every path may double when it is quoted. */
#define DOCTOR_PLAN_BYTES (sizeof(DOCTOR_PLAN_HEADING) + CONFIG_MOUNTS_MAX * (2 * CONFIG_PATH_SIZE + 128))

struct doctor_plan {
    struct doctor_file *file;
    struct block block; /* as it is now */
    char *lines;        /* owned; what is to be between the markers; NULL: no block */
    char *text;         /* owned; the whole new file */
    size_t size;
    bool is_change;
    unsigned int backup; /* a name that is free for it, see mac_edit.h; 0: none */
};

/* Both print why they refuse, with file and line, and return the exit code. The caller frees in either case. */
int doctor_plan_exports(struct doctor *doctor, struct doctor_plan *plan);
int doctor_plan_nfsconf(struct doctor *doctor, struct doctor_plan *plan);

/* The block goes. */
int doctor_plan_removal(struct doctor_file *file, struct doctor_plan *plan);

/* The steps of a plan: find the block, change plan->lines, write the whole text. Each returns the exit code. */
int doctor_plan_start(struct doctor_file *file, struct doctor_plan *plan);
int doctor_plan_finish(struct doctor_plan *plan);

/* The file with the block's lines as comments: what others wrote, with the line numbers that it has. NULL: no memory.
 */
char *doctor_plan_foreign(const struct doctor_file *file, const struct block *block);

/* Both print, and return the exit code. */
int doctor_plan_no_memory(const struct doctor_file *file);
int doctor_plan_refuse(const struct doctor_file *file, uint32_t line, const char *why);

void doctor_plan_free(struct doctor_plan *plan);

#endif
