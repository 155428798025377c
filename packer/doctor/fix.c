/* SPDX-License-Identifier: MIT */
/*
 * --fix and --unfix. Both files are planned before one is written, so a refusal changes neither. nfsd checks the new
 * exports before they replace the old ones.
 */
#include "plan.h"
#include "mac_edit.h"
#include "../output/say.h"

#include "../../agent/common/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns a complaint without "exports:12: ". The number changes when lines are added before it. */
static struct text message_of(struct text line) {
    struct text rest = line;

    text_cut(&rest, ':');
    text_cut(&rest, ':');
    return rest.at ? rest : line;
}

static bool has_message(const char *output, struct text message) {
    struct text rest = text_of(output);

    for (struct text line = doctor_complaint(&rest); line.at; line = doctor_complaint(&rest))
        if (text_same(message_of(line), message))
            return true;
    return false;
}

/* Accepts complaints that nfsd has about the old file too. */
static bool is_no_worse(const struct program_answer *before, const struct program_answer *after) {
    struct text rest = text_of(after->output);

    for (struct text line = doctor_complaint(&rest); line.at; line = doctor_complaint(&rest))
        if (!has_message(before->output, message_of(line))) {
            say_error(SAY_REFUSED, "change", DOCTOR_EXPORTS, "nfsd refuses it: %.*s", (int)line.len, line.at);
            return false;
        }
    if (before->status > 0)
        return true;
    say_error(SAY_REFUSED, "change", DOCTOR_EXPORTS, "nfsd checkexports fails with exit code %d", after->status);
    return false;
}

static bool check_exports(const struct doctor *doctor, const char *path, struct program_answer *answer) {
    const char *const words[] = {"-F", path, "checkexports", NULL};
    int rc = doctor_ask_nfsd(doctor, words, answer);

    if (rc < 0)
        say_error(SAY_SYSTEM, "run", doctor->nfsd, "%s", strerror(-rc));
    return rc == 0;
}

static bool approve(void *context, const char *path) {
    const struct doctor *doctor = context;
    struct program_answer *answers;
    char old[MAC_PATH_BYTES];
    bool is_good;

    if (!*doctor->nfsd)
        return true;
    answers = calloc(2, sizeof(*answers));
    is_good = answers && check_exports(doctor, path, &answers[1]);
    if (is_good && answers[1].status) {
        if (doctor->exports.text)
            is_good = mac_path(&doctor->mac, DOCTOR_EXPORTS, old) && check_exports(doctor, old, &answers[0]);
        is_good = is_good && is_no_worse(&answers[0], &answers[1]);
    }
    free(answers);
    return is_good;
}

static void say_change(const struct doctor *doctor, const char *what, const char *file, unsigned int backup) {
    char name[MAC_PATH_BYTES] = "";
    bool is_porcelain = doctor->arguments->porcelain;

    printf(is_porcelain ? "change=%s file=%s" : "%s %s", what, file);
    if (backup && mac_edit_backup(file, backup, name))
        printf(is_porcelain ? " backup=%s" : " (backup: %s)", name);
    putchar('\n');
}

/* Writes the planned file. Returns the exit code. */
static int write_plan(struct doctor *doctor, const struct doctor_plan *plan) {
    struct doctor_file *file = plan->file;
    struct mac_edit edit = {
        .path = file->path,
        .old_text = file->text,
        .old_size = file->size,
        .new_text = plan->goes ? NULL : plan->text,
        .new_size = plan->size,
        .backup = plan->backup,
        .approve = strcmp(file->path, DOCTOR_EXPORTS) == 0 ? approve : NULL,
        .context = doctor,
    };
    struct image_error error;
    int rc;

    if (!plan->is_change)
        return SAY_DONE;
    rc = mac_edit(&doctor->mac, &edit, &error);
    if (rc)
        return rc < 0 ? doctor_say_error(doctor, &error) : SAY_REFUSED;
    if (!plan->lines)
        mac_edit_drop_backup(&doctor->mac, file->path, plan->block.backup, plan->text, plan->size);
    return SAY_DONE;
}

/* Reverts write_plan() after the other file could not be written. Prints nothing. Returns false if that fails. */
static bool take_back(struct doctor *doctor, const struct doctor_plan *plan) {
    struct doctor_file *file = plan->file;
    const struct mac_edit edit = {
        .path = file->path,
        .old_text = plan->goes ? NULL : plan->text,
        .old_size = plan->size,
        .new_text = file->text,
        .new_size = file->size,
    };
    struct image_error error;

    if (!plan->is_change)
        return true;
    if (mac_edit(&doctor->mac, &edit, &error) != 0)
        return false;
    if (plan->backup)
        mac_edit_drop_backup(&doctor->mac, file->path, plan->backup, file->text, file->size);
    return true;
}

static void say_written(const struct doctor *doctor, const struct doctor_plan *plan) {
    const char *what = plan->goes ? "removed" : plan->lines ? "wrote" : "restored";

    if (plan->is_change)
        say_change(doctor, what, plan->file->path, plan->backup);
}

/* Runs "nfsd update" if nfsd runs. "nfsd restart" would make the mounts of all clients wait. */
static int reload(struct doctor *doctor, bool is_changed, bool may_start) {
    const char *const status[] = {"status", NULL};
    const char *words[] = {NULL, NULL};
    struct program_answer answer;
    int rc = 0;

    if (!*doctor->nfsd)
        return SAY_DONE;
    rc = doctor_ask_nfsd(doctor, status, &answer);
    if (rc == 0 && strstr(answer.output, "nfsd is running"))
        words[0] = is_changed ? "update" : NULL;
    else if (rc == 0 && may_start)
        words[0] = strstr(answer.output, "service is disabled") ? "enable" : "start";
    if (rc == 0 && words[0])
        rc = doctor_ask_nfsd(doctor, words, &answer);
    if (rc < 0)
        return say_error(SAY_SYSTEM, "run", doctor->nfsd, "%s", strerror(-rc));
    if (!words[0])
        return SAY_DONE;
    if (answer.status)
        return say_error(SAY_SYSTEM, words[0], "nfsd", "it failed with exit code %d", answer.status);
    if (doctor->arguments->porcelain)
        printf("change=nfsd verb=%s\n", words[0]);
    else
        printf("ran nfsd %s\n", words[0]);
    return SAY_DONE;
}

/* Writes both files or none, and reloads nfsd. Reads the files again for the report. */
static int write_both(struct doctor *doctor, struct doctor_plan plans[2], bool may_start) {
    bool is_changed = plans[0].is_change || plans[1].is_change;
    int code = write_plan(doctor, &plans[0]);

    if (code)
        return code;
    code = write_plan(doctor, &plans[1]);
    if (code && take_back(doctor, &plans[0]))
        return code;
    say_written(doctor, &plans[0]);
    if (code) {
        reload(doctor, plans[0].is_change, false);
        return code;
    }
    say_written(doctor, &plans[1]);
    for (int i = 0; i < 2 && code == SAY_DONE; i++)
        if (plans[i].is_change)
            code = doctor_read(doctor, plans[i].file);
    return code ? code : reload(doctor, is_changed, may_start);
}

int doctor_fix(struct doctor *doctor) {
    struct doctor_plan plans[2] = {{0}, {0}};
    int code = doctor_plan_exports(doctor, &plans[0]);

    if (code == SAY_DONE)
        code = doctor_plan_nfsconf(doctor, &plans[1]);
    if (code == SAY_DONE)
        code = write_both(doctor, plans, true);
    doctor_plan_free(&plans[0]);
    doctor_plan_free(&plans[1]);
    return code;
}

int doctor_unfix(struct doctor *doctor) {
    struct doctor_plan plans[2] = {{0}, {0}};
    int code = doctor_plan_removal(&doctor->exports, &plans[0]);

    if (code == SAY_DONE)
        code = doctor_plan_removal(&doctor->nfsconf, &plans[1]);
    if (code == SAY_DONE && !plans[0].is_change && !plans[1].is_change && !doctor->arguments->porcelain)
        puts(DOCTOR_EXPORTS " and " DOCTOR_NFSCONF " contain no lines of usermount-pack");
    if (code == SAY_DONE)
        code = write_both(doctor, plans, false);
    doctor_plan_free(&plans[0]);
    doctor_plan_free(&plans[1]);
    return code;
}
