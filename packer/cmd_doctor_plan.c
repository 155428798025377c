/* SPDX-License-Identifier: MIT */
#include "cmd_doctor_plan.h"
#include "nfsconf.h"
#include "say.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADING "# Written by usermount-pack doctor --fix; doctor --unfix takes it out again.\n"
/* Every path may double when it is quoted. */
#define LINES_BYTES (sizeof(HEADING) + CONFIG_MOUNTS_MAX * (2 * CONFIG_PATH_SIZE + 128))

struct wanted {
    char paths[CONFIG_MOUNTS_MAX][CONFIG_PATH_SIZE + sizeof(EXPORTS_DATA_VOLUME)];
    size_t count;
};

static int no_memory(const struct doctor_file *file) {
    return say_error(SAY_SYSTEM, "change", file->path, "no memory");
}

static int refuse_line(const struct doctor_file *file, uint32_t line, const char *why) {
    char place[64];

    snprintf(place, sizeof(place), "%s:%u", file->path, (unsigned int)line);
    return say_error(SAY_REFUSED, "change", place, "%s", why);
}

/* The file with the block's lines as comments: what others wrote, with the line numbers that it has. */
static char *foreign_text(const struct doctor_file *file, const struct block *block) {
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

static int start(struct doctor_file *file, struct doctor_plan *plan) {
    *plan = (struct doctor_plan){.file = file};
    plan->block = block_find(file->text ? file->text : "", file->size);
    if (plan->block.answer != BLOCK_ABSENT && plan->block.answer != BLOCK_FOUND &&
        plan->block.answer != BLOCK_CONTINUED)
        return refuse_line(file, plan->block.line, block_fault_text(plan->block.answer));
    return SAY_DONE;
}

/* From plan->lines to the new text. */
static int finish(struct doctor_plan *plan) {
    const struct doctor_file *file = plan->file;
    const char *old = file->text ? file->text : "";

    if (!plan->lines && plan->block.answer != BLOCK_FOUND)
        return SAY_DONE;
    if (plan->block.answer == BLOCK_CONTINUED)
        return refuse_line(file, plan->block.line, block_fault_text(BLOCK_CONTINUED));
    if (block_write(old, file->size, &plan->block, !file->text, plan->lines, &plan->text, &plan->size) < 0)
        return no_memory(file);
    plan->is_change = !file->text || plan->size != file->size || memcmp(plan->text, old, file->size) != 0;
    return SAY_DONE;
}

static int compare(const void *a, const void *b) {
    return strcmp(a, b);
}

/* One line for each outermost path, those inside it on the same line, as exports(5) wants it. */
static int compose(const struct doctor *doctor, struct doctor_plan *plan, struct wanted *wanted) {
    char mapping[48];
    size_t used;

    if (!doctor_mapping(doctor, mapping, sizeof(mapping)))
        return say_error(SAY_REFUSED, "change", plan->file->path,
                         "whose the files are is not known; run it with sudo, as the user of Docker");
    plan->lines = malloc(LINES_BYTES);
    if (!plan->lines)
        return no_memory(plan->file);
    qsort(wanted->paths, wanted->count, sizeof(wanted->paths[0]), compare);
    used = (size_t)snprintf(plan->lines, LINES_BYTES, "%s", HEADING);
    for (size_t i = 0; i < wanted->count;) {
        const char *top = wanted->paths[i];

        do {
            if (!exports_mac_quote(wanted->paths[i], plan->lines + used, LINES_BYTES - used))
                return say_error(SAY_REFUSED, "export", wanted->paths[i], "its name cannot be written in exports");
            used += strlen(plan->lines + used);
            plan->lines[used++] = ' ';
            i++;
        } while (i < wanted->count && exports_below(top, wanted->paths[i], doctor->is_split) >= 0);
        used += (size_t)snprintf(plan->lines + used, LINES_BYTES - used, "-alldirs -mapall=%s localhost\n", mapping);
    }
    return SAY_DONE;
}

static int refuse_conflict(const struct doctor_plan *plan, const struct exports_view *view,
                           const struct exports_conflict *other) {
    const struct exports_entry *entry = &view->file->entries[other->entry];
    char why[2 * CONFIG_PATH_SIZE + 256];

    snprintf(why, sizeof(why),
             other->clash == EXPORTS_NESTED
                 ? "its %s and %s would lie inside each other; change this line or take it away"
                 : "it has other options for %s and localhost than %s needs; change this line",
             other->other_dir, other->dir);
    return refuse_line(plan->file, entry->line, why);
}

/* The paths that what others wrote does not serve well enough. */
static int find_wanted(struct doctor *doctor, const struct doctor_plan *plan, const struct exports_view *view,
                       struct wanted *wanted) {
    for (uint32_t i = 0; i < doctor->config->mount_count; i++) {
        const struct config_mount *mount = &doctor->config->mounts[i];
        struct exports_service service = exports_serve(view, mount->export);
        struct exports_conflict other;
        struct doctor_flaw flaw = {.level = DOCTOR_OK};
        char *path = wanted->paths[wanted->count];

        if (service.answer == EXPORTS_SERVED)
            doctor_flaw(doctor, &view->file->entries[service.entry], &flaw);
        if (!doctor_is_ours(mount) || (service.answer == EXPORTS_SERVED && flaw.level != DOCTOR_WRONG))
            continue;
        if (doctor->is_split)
            exports_physical(mount->export, path, sizeof(wanted->paths[0]));
        else
            snprintf(path, sizeof(wanted->paths[0]), "%s", mount->export);
        if (exports_blocks(view, path, &other))
            return refuse_conflict(plan, view, &other);
        if (doctor_folder(doctor, mount->export) != MAC_FOLDER)
            return say_error(SAY_REFUSED, "export", mount->export,
                             "it is no folder of the Mac, or a link is in its path");
        wanted->count++;
    }
    return SAY_DONE;
}

static int plan_foreign(struct doctor *doctor, struct doctor_plan *plan, const char *foreign) {
    struct wanted *wanted = calloc(1, sizeof(*wanted));
    struct exports_mac file = {0};
    struct exports_view view = {0};
    int code = SAY_DONE;

    if (!wanted || exports_mac_read(&file, foreign, plan->file->size) < 0 ||
        exports_judge(&view, &file, doctor->is_split) < 0) {
        no_memory(plan->file);
        code = SAY_SYSTEM;
    }
    if (code == SAY_DONE)
        code = find_wanted(doctor, plan, &view, wanted);
    if (code == SAY_DONE && wanted->count)
        code = compose(doctor, plan, wanted);
    exports_view_free(&view);
    exports_mac_free(&file);
    free(wanted);
    return code;
}

int doctor_plan_exports(struct doctor *doctor, struct doctor_plan *plan) {
    int code = start(&doctor->exports, plan);
    char *foreign;

    if (code)
        return code;
    foreign = foreign_text(plan->file, &plan->block);
    if (!foreign)
        return no_memory(plan->file);
    code = plan_foreign(doctor, plan, foreign);
    free(foreign);
    return code ? code : finish(plan);
}

/* A later line wins: ours must be the last one of its key. */
static int take_settings(struct doctor_plan *plan, const char *foreign) {
    size_t used = 0;

    for (size_t i = 0; i < doctor_setting_count; i++) {
        const struct doctor_setting *setting = &doctor_settings[i];
        uint32_t line;

        if (doctor_setting_is_right(setting, foreign, plan->file->size, &line))
            continue;
        if (plan->block.answer == BLOCK_FOUND && line > plan->block.line)
            return refuse_line(plan->file, line, "it sets anew what the block of usermount-pack sets; take it away");
        if (!used)
            used = (size_t)snprintf(plan->lines, LINES_BYTES, "%s", HEADING);
        used += (size_t)snprintf(plan->lines + used, LINES_BYTES - used, "%s", setting->line);
    }
    if (!used) {
        free(plan->lines);
        plan->lines = NULL;
    }
    return SAY_DONE;
}

int doctor_plan_nfsconf(struct doctor *doctor, struct doctor_plan *plan) {
    int code = start(&doctor->nfsconf, plan);
    char *foreign;

    if (code)
        return code;
    foreign = foreign_text(plan->file, &plan->block);
    plan->lines = malloc(LINES_BYTES);
    if (!foreign || !plan->lines) {
        free(foreign);
        return no_memory(plan->file);
    }
    code = take_settings(plan, foreign);
    free(foreign);
    return code ? code : finish(plan);
}

int doctor_plan_removal(struct doctor_file *file, struct doctor_plan *plan) {
    int code = start(file, plan);

    return code ? code : finish(plan);
}

void doctor_plan_free(struct doctor_plan *plan) {
    free(plan->lines);
    free(plan->text);
    plan->lines = NULL;
    plan->text = NULL;
}
