/* SPDX-License-Identifier: MIT */
/* Plans the lines of --fix in /etc/exports, and checks them with the judge. */
#include "plan.h"
#include "mac_edit.h"
#include "../output/say.h"

#include "../../agent/common/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wanted {
    char paths[CONFIG_MOUNTS_MAX][CONFIG_PATH_SIZE + sizeof(EXPORTS_DATA_VOLUME)];
    size_t count;
};

/* Writes the path at `top`, and those of its volume that lie inside it, to one line: exports(5) requires that. */
static bool put_line(const struct doctor *doctor, const struct wanted *wanted, size_t top, bool done[],
                     struct text_out *out) {
    const struct exports_world *world = &doctor->names.world;
    char quoted[2 * sizeof(wanted->paths[0])];
    char volume[CONFIG_PATH_SIZE + sizeof(EXPORTS_DATA_VOLUME)];
    char other[CONFIG_PATH_SIZE + sizeof(EXPORTS_DATA_VOLUME)];

    if (!world->volume(world->context, wanted->paths[top], volume, sizeof(volume)))
        return false;
    for (size_t i = top; i < wanted->count; i++) {
        if (done[i] || (i != top && !exports_is_below(wanted->paths[top], wanted->paths[i])) ||
            !world->volume(world->context, wanted->paths[i], other, sizeof(other)) || strcmp(volume, other) != 0)
            continue;
        if (!exports_mac_quote(wanted->paths[i], quoted, sizeof(quoted)))
            return false;
        text_put(out, quoted);
        text_put_char(out, ' ');
        done[i] = true;
    }
    return !out->cut;
}

/* Writes a line for each outermost path. */
static int compose(const struct doctor *doctor, struct doctor_plan *plan, const struct wanted *wanted,
                   const char *host) {
    bool done[CONFIG_MOUNTS_MAX] = {false};
    struct text_out out;
    char mapping[48];

    if (!doctor_mapping(doctor, mapping, sizeof(mapping)))
        return say_error(SAY_REFUSED, "change", plan->file->path,
                         "the owner of the files is unknown; run it with sudo, as the user of Docker");
    free(plan->lines);
    plan->lines = malloc(DOCTOR_PLAN_BYTES);
    if (!plan->lines)
        return doctor_plan_no_memory(plan->file);
    out = text_out(plan->lines, DOCTOR_PLAN_BYTES);
    text_put(&out, DOCTOR_PLAN_HEADING);
    for (size_t i = 0; i < wanted->count; i++) {
        if (done[i])
            continue;
        if (!put_line(doctor, wanted, i, done, &out))
            return say_error(SAY_REFUSED, "export", wanted->paths[i], "the file cannot contain this name");
        text_putf(&out, "-alldirs -mapall=%s %s\n", mapping, host);
    }
    return SAY_DONE;
}

/* Rewrites a conflicting line to export the path too. Returns false if that is impossible. */
static bool rewrite(struct doctor *doctor, const struct exports_view *view, const char *path,
                    const struct exports_block *block, struct text_out *out) {
    const struct exports_entry *entry = &view->file->entries[block->entry];
    struct text line = text_trim(doctor_line(doctor, entry->line));
    struct text rest = line;
    char quoted[2 * CONFIG_PATH_SIZE];
    char mapping[48];

    if (!exports_mac_quote(path, quoted, sizeof(quoted)) || !doctor_mapping(doctor, mapping, sizeof(mapping)) ||
        (line.len && line.at[line.len - 1] == '\\'))
        return false;
    text_put(out, quoted);
    if (block->is_nested && exports_is_below(path, block->dir)) { /* put the path before its folder */
        text_put_char(out, ' ');
        text_put_text(out, line);
    } else if (block->is_nested) { /* replace the folder above the path */
        text_cut(&rest, ' ');
        text_putf(out, "%s%.*s", rest.at ? " " : "", (int)rest.len, rest.at ? rest.at : "");
    } else {
        text_putf(out, " -alldirs -mapall=%s", mapping);
        for (size_t i = 0; i < entry->host_count; i++)
            text_putf(out, " %s", view->file->words[entry->first_host + i]);
    }
    return !out->cut && !(entry->options & EXPORTS_NETWORK && !block->is_nested) && entry->dir_count == 1;
}

static int refuse_block(struct doctor *doctor, const struct doctor_plan *plan, const struct exports_view *view,
                        const char *path, const struct exports_block *block) {
    char why[4 * CONFIG_PATH_SIZE + 512];
    char line[2 * CONFIG_PATH_SIZE + 256];
    struct text_out out = text_out(why, sizeof(why));
    struct text_out written = text_out(line, sizeof(line));
    bool is_below = block->is_nested && exports_is_below(path, block->dir);

    if (block->is_nested)
        text_putf(&out, "its %s and %s would be nested; ", block->dir, path);
    else
        text_putf(&out, "its options for %s and localhost are not those that %s needs; ", block->dir, path);
    if (rewrite(doctor, view, path, block, &written))
        text_putf(&out, "write it as: %s", line);
    else
        text_put(&out, "change or remove this line");
    if (is_below)
        text_putf(&out, " (its hosts may then mount %s), or keep it and run usermount-pack add --set mount=%s", path,
                  block->dir);
    return doctor_plan_refuse(plan->file, view->file->entries[block->entry].line, why);
}

/* Inserts a path, sorted and without duplicates: two mounts can have the same export. */
static void add_wanted(struct wanted *wanted, const char *path) {
    size_t at = 0;

    while (at < wanted->count && strcmp(wanted->paths[at], path) < 0)
        at++;
    if (at < wanted->count && strcmp(wanted->paths[at], path) == 0)
        return;
    memmove(wanted->paths[at + 1], wanted->paths[at], (wanted->count - at) * sizeof(wanted->paths[0]));
    snprintf(wanted->paths[at], sizeof(wanted->paths[0]), "%s", path);
    wanted->count++;
}

static bool is_well_served(const struct doctor *doctor, const struct exports_view *view, const char *path) {
    struct exports_service service = exports_serve(view, path);
    struct doctor_flaw flaw;

    if (service.answer != EXPORTS_SERVED)
        return false;
    doctor_flaw(doctor, &view->file->entries[service.entry], &flaw);
    return flaw.level != DOCTOR_WRONG;
}

/* Collects the paths that the lines of others do not serve well enough. */
static int find_wanted(struct doctor *doctor, const struct doctor_plan *plan, const struct exports_view *view,
                       struct wanted *wanted) {
    for (uint32_t i = 0; i < doctor->config->mount_count; i++) {
        const struct config_mount *mount = &doctor->config->mounts[i];
        struct exports_block block;
        char path[sizeof(wanted->paths[0])];

        if (!doctor_is_ours(mount) || is_well_served(doctor, view, mount->export))
            continue;
        if (!doctor->names.world.is_split || !exports_physical(mount->export, path, sizeof(path)))
            snprintf(path, sizeof(path), "%s", mount->export);
        if (exports_blocks(view, path, &block))
            return refuse_block(doctor, plan, view, path, &block);
        if (doctor_folder(doctor, mount->export) != EXPORTS_FOLDER)
            return say_error(SAY_REFUSED, "export", mount->export,
                             "it is not a folder, or its path contains a symbolic link");
        add_wanted(wanted, path);
    }
    return SAY_DONE;
}

/* Checks that the planned text serves all wanted paths, and all that the lines of others served before. */
static int try_plan(struct doctor *doctor, const struct doctor_plan *plan, const struct exports_view *before,
                    const struct wanted *wanted, bool *is_good) {
    struct block block = block_find(plan->text, plan->size);
    struct exports_mac file = {0};
    struct exports_view view = {0};
    uint32_t lines = 0;
    uint32_t others = 0;
    int rc = doctor_judge(doctor, plan->text, plan->size, false, &file, &view);

    *is_good = rc == 0;
    for (size_t i = block.begin; i < block.end; i++)
        lines += plan->text[i] == '\n';
    for (uint32_t i = 0; i < view.table.share_count; i++) {
        uint32_t line = file.entries[view.table.shares[i].entry].line;

        others += line < block.line || line >= block.line + lines;
    }
    *is_good = *is_good && others >= before->table.share_count;
    for (size_t i = 0; *is_good && i < wanted->count; i++)
        *is_good = is_well_served(doctor, &view, wanted->paths[i]);
    exports_view_free(&view);
    exports_mac_free(&file);
    return rc;
}

/* Tries "localhost", then 127.0.0.1: beside an entry for ::1 nfsd ignores the name. */
static int plan_lines(struct doctor *doctor, struct doctor_plan *plan, const struct exports_view *view,
                      const struct wanted *wanted) {
    static const char *const hosts[] = {"localhost", "127.0.0.1"};
    bool is_good = false;

    for (size_t i = 0; !is_good && i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        int code = compose(doctor, plan, wanted, hosts[i]);

        if (code == SAY_DONE)
            code = doctor_plan_finish(plan);
        if (code)
            return code;
        if (try_plan(doctor, plan, view, wanted, &is_good) < 0)
            return doctor_plan_no_memory(plan->file);
    }
    if (is_good)
        return SAY_DONE;
    return say_error(SAY_REFUSED, "change", plan->file->path,
                     "nfsd would not serve %s, or would ignore a line that it serves now", wanted->paths[0]);
}

static int plan_view(struct doctor *doctor, struct doctor_plan *plan, const struct exports_view *view) {
    struct wanted *wanted = calloc(1, sizeof(*wanted));
    int code;

    if (!wanted)
        return doctor_plan_no_memory(plan->file);
    code = find_wanted(doctor, plan, view, wanted);
    if (code == SAY_DONE)
        code = wanted->count ? plan_lines(doctor, plan, view, wanted) : doctor_plan_finish(plan);
    free(wanted);
    return code;
}

static int plan_foreign(struct doctor *doctor, struct doctor_plan *plan, const char *foreign) {
    struct exports_mac file = {0};
    struct exports_view view = {0};
    int code;

    if (doctor_judge(doctor, foreign, plan->file->size, true, &file, &view) < 0)
        code = doctor_plan_no_memory(plan->file);
    else
        code = plan_view(doctor, plan, &view);
    exports_view_free(&view);
    exports_mac_free(&file);
    return code;
}

int doctor_plan_exports(struct doctor *doctor, struct doctor_plan *plan) {
    int code = doctor_plan_start(&doctor->exports, plan);
    char *foreign;

    if (code)
        return code;
    plan->backup = mac_edit_free_backup(&doctor->mac, plan->file->path);
    foreign = doctor_plan_foreign(plan->file, &plan->block);
    if (!foreign)
        return doctor_plan_no_memory(plan->file);
    code = plan_foreign(doctor, plan, foreign);
    free(foreign);
    return code;
}
