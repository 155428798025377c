/* SPDX-License-Identifier: MIT */
#include "plan.h"
#include "mac_edit.h"
#include "../output/say.h"

#include "../../agent/common/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int doctor_plan_no_memory(const struct doctor_file *file) {
    return say_error(SAY_SYSTEM, "change", file->path, "out of memory");
}

int doctor_plan_refuse(const struct doctor_file *file, uint32_t line, const char *why) {
    char place[64];

    snprintf(place, sizeof(place), "%s:%u", file->path, (unsigned int)line);
    return say_error(SAY_REFUSED, "change", place, "%s", why);
}

char *doctor_plan_foreign(const struct doctor_file *file, const struct block *block) {
    char *copy = malloc(file->size + 1);

    if (!copy)
        return NULL;
    if (file->size)
        memcpy(copy, file->text, file->size);
    copy[file->size] = '\0';
    if (block->answer == BLOCK_FOUND)
        for (size_t i = block->begin; i < block->end; i++)
            if (copy[i] != '\n')
                copy[i] = '#';
    return copy;
}

int doctor_plan_start(struct doctor_file *file, struct doctor_plan *plan) {
    *plan = (struct doctor_plan){.file = file};
    plan->block = block_find(file->text ? file->text : "", file->size);
    if (plan->block.answer != BLOCK_ABSENT && plan->block.answer != BLOCK_FOUND &&
        plan->block.answer != BLOCK_CONTINUED)
        return doctor_plan_refuse(file, plan->block.line, block_fault_text(plan->block.answer));
    return SAY_DONE;
}

int doctor_plan_finish(struct doctor_plan *plan) {
    const struct doctor_file *file = plan->file;
    const char *old = file->text ? file->text : "";
    char *text;

    if (!plan->lines && plan->block.answer != BLOCK_FOUND)
        return SAY_DONE;
    if (plan->block.answer == BLOCK_CONTINUED)
        return doctor_plan_refuse(file, plan->block.line, block_fault_text(BLOCK_CONTINUED));
    if (file->text && plan->block.answer == BLOCK_ABSENT) {
        if (!plan->backup)
            return say_error(SAY_REFUSED, "back up", file->path,
                             "all nine names for a backup are in use; move some of the files %s.before-usermount* away",
                             file->path);
        plan->block.backup = plan->backup;
    } else {
        plan->backup = 0;
    }
    if (block_write(old, file->size, &plan->block, !file->text, plan->lines, &text, &plan->size) < 0)
        return doctor_plan_no_memory(file);
    free(plan->text);
    plan->text = text;
    plan->goes = plan->size == 0 && !plan->lines && plan->block.is_new_file;
    plan->is_change = !file->text || plan->size != file->size || memcmp(text, old, file->size) != 0;
    return SAY_DONE;
}

/* nfsd uses the last line of a key. A later line of the user would override the block. */
static int take_settings(struct doctor_plan *plan, const char *foreign) {
    size_t used = 0;

    for (size_t i = 0; i < doctor_setting_count; i++) {
        const struct doctor_setting *setting = &doctor_settings[i];
        uint32_t line;

        if (doctor_setting_is_right(setting, foreign, plan->file->size, &line))
            continue;
        if (plan->block.answer == BLOCK_FOUND && line > plan->block.line)
            return doctor_plan_refuse(plan->file, line,
                                      "it overrides a setting in the block of usermount-pack; remove it");
        if (!used)
            used = (size_t)snprintf(plan->lines, DOCTOR_PLAN_BYTES, "%s", DOCTOR_PLAN_HEADING);
        used += (size_t)snprintf(plan->lines + used, DOCTOR_PLAN_BYTES - used, "%s", setting->line);
    }
    if (!used) {
        free(plan->lines);
        plan->lines = NULL;
    }
    return SAY_DONE;
}

int doctor_plan_nfsconf(struct doctor *doctor, struct doctor_plan *plan) {
    int code = doctor_plan_start(&doctor->nfsconf, plan);
    char *foreign;

    if (code)
        return code;
    plan->backup = mac_edit_free_backup(&doctor->mac, plan->file->path);
    foreign = doctor_plan_foreign(plan->file, &plan->block);
    plan->lines = malloc(DOCTOR_PLAN_BYTES);
    if (!foreign || !plan->lines) {
        free(foreign);
        return doctor_plan_no_memory(plan->file);
    }
    code = take_settings(plan, foreign);
    free(foreign);
    return code ? code : doctor_plan_finish(plan);
}

int doctor_plan_removal(struct doctor_file *file, struct doctor_plan *plan) {
    int code = doctor_plan_start(file, plan);

    return code ? code : doctor_plan_finish(plan);
}

void doctor_plan_free(struct doctor_plan *plan) {
    free(plan->lines);
    free(plan->text);
    plan->lines = NULL;
    plan->text = NULL;
}
