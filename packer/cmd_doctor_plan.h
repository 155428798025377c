/* SPDX-License-Identifier: MIT */
/*
 * cmd_doctor_plan: what --fix would write between the markers, or why it must not.
 */
#ifndef PACKER_CMD_DOCTOR_PLAN_H
#define PACKER_CMD_DOCTOR_PLAN_H

#include "block.h"
#include "cmd_doctor.h"

struct doctor_plan {
    struct doctor_file *file;
    struct block block; /* as it is now */
    char *lines;        /* owned; what is to be between the markers; NULL: no block */
    char *text;         /* owned; the whole new file */
    size_t size;
    bool is_change;
};

/* Both print why they refuse, with file and line, and return the exit code. The caller frees in either case. */
int doctor_plan_exports(struct doctor *doctor, struct doctor_plan *plan);
int doctor_plan_nfsconf(struct doctor *doctor, struct doctor_plan *plan);

/* The block goes. */
int doctor_plan_removal(struct doctor_file *file, struct doctor_plan *plan);

void doctor_plan_free(struct doctor_plan *plan);

#endif
