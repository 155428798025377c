/* SPDX-License-Identifier: MIT */
/* Asks nfsd whether it runs, and for its own check of the exports. Its answer overrides that of the judge. */
#include "doctor.h"

#include "../../agent/common/text.h"

#include <string.h>
#include <unistd.h>

#define NFSD_LIMIT_S 20
#define CHECK_LIMIT_S 5 /* checkexports looks up each host, in DNS too */
#define COMPLAINTS_MAX 20

/* nfsd serves a line in spite of these complaints. Source: export_error() with LOG_WARNING in nfsd/mountd.c. */
static const char *const warnings[] = {
    "duplicate directory: ",
    "couldn't get address for host: ",
    "path contains non-directory or non-existent components: ",
    "no usable directories in export entry\n",
    "Exported file system (",
    "Suggest using ",
    "using fallback ",
    "Volume mismatch for: ",
    "mount subdirectory export option conflict for ",
    "unable to add mount subdirectory for ",
    "nfsd is not running",
};

static int ask(const struct doctor *doctor, const char *const words[], int limit_s, struct program_answer *answer) {
    const char *argv[6] = {doctor->nfsd};

    for (size_t i = 0; i < 4 && words[i]; i++)
        argv[i + 1] = words[i];
    return program_run(argv, limit_s, answer);
}

int doctor_ask_nfsd(const struct doctor *doctor, const char *const words[], struct program_answer *answer) {
    bool is_check = false;

    for (size_t i = 0; words[i]; i++)
        is_check |= strcmp(words[i], "checkexports") == 0;
    return ask(doctor, words, is_check ? CHECK_LIMIT_S : NFSD_LIMIT_S, answer);
}

void doctor_check_exports(struct doctor *doctor) {
    const char *const words[] = {"checkexports", NULL};

    doctor->check = (struct program_answer){.status = 0};
    doctor->check_error = 0;
    if (*doctor->nfsd && doctor->exports.text)
        doctor->check_error = doctor_ask_nfsd(doctor, words, &doctor->check);
    if (doctor->check_error) /* the output may be incomplete */
        doctor->check.output[0] = '\0';
}

struct text doctor_complaint(struct text *rest) {
    while (rest->at) {
        struct text line = text_cut(rest, '\n');

        if (line.len && !text_has_prefix(line, "nfsd is not running"))
            return line;
    }
    return (struct text){NULL, 0};
}

/* Without root nfsd cannot register exports in the kernel, and complains of each line. */
static bool is_for_root(struct text message) {
    return geteuid() != 0 && (text_has_prefix(message, "kernel export registration failed"));
}

uint32_t doctor_voided_line(struct text complaint, struct text *message) {
    struct text rest = complaint;
    uint64_t line;

    *message = complaint;
    if (!text_is(text_cut(&rest, ':'), "exports") || !text_u64(text_cut(&rest, ':'), UINT32_MAX, &line))
        return 0;
    *message = text_trim(rest);
    for (size_t i = 0; i < sizeof(warnings) / sizeof(warnings[0]); i++) {
        size_t length = strcspn(warnings[i], "\n"); /* with a newline, the message must end there */

        if (message->len >= length && memcmp(message->at, warnings[i], length) == 0 &&
            (!warnings[i][length] || message->len == length))
            return 0;
    }
    return is_for_root(*message) ? 0 : (uint32_t)line;
}

/* Marks the lines that nfsd ignores. Returns true if the judge had accepted one of them. */
static bool void_lines(const struct doctor *doctor, struct exports_mac *file, const struct exports_view *view) {
    struct text rest = text_of(doctor->check.output);
    bool is_changed = false;

    for (struct text complaint = doctor_complaint(&rest); complaint.at; complaint = doctor_complaint(&rest)) {
        struct text message;
        uint32_t line = doctor_voided_line(complaint, &message);

        for (size_t i = 0; line && i < file->count; i++)
            if (file->entries[i].line == line && view->table.verdicts[i].fault == EXPORTS_FINE) {
                file->entries[i].fault = EXPORTS_NFSD;
                file->entries[i].fault_word = "";
                is_changed = true;
            }
    }
    return is_changed;
}

int doctor_judge(struct doctor *doctor, const char *text, size_t size, bool is_asked, struct exports_mac *file,
                 struct exports_view *view) {
    const struct exports_world *world = &doctor->names.world;
    int rc = exports_mac_read(file, text, size, world);

    *view = (struct exports_view){0};
    if (rc == 0)
        rc = exports_judge(view, file, world);
    if (rc == 0 && is_asked && void_lines(doctor, file, view)) {
        exports_view_free(view);
        rc = exports_judge(view, file, world);
    }
    return rc;
}

static void look_at_status(struct doctor *doctor) {
    const char *const words[] = {"status", NULL};
    struct doctor_finding finding = {DOCTOR_WRONG, "nfsd", NULL, 0, "sudo nfsd enable; sudo nfsd start", NULL};
    struct program_answer answer;
    int rc = doctor_ask_nfsd(doctor, words, &answer);

    if (rc < 0) {
        finding.fix = NULL;
        doctor_say(doctor, &finding, "nfsd status fails (%s)", strerror(-rc));
    } else if (strstr(answer.output, "nfsd is running")) {
        finding.fix = "sudo nfsd enable";
        if (strstr(answer.output, "service is disabled")) {
            doctor_say(doctor, &finding, "nfsd is running but disabled; it will not start at the next boot");
        } else {
            finding.level = DOCTOR_OK;
            finding.fix = NULL;
            doctor_say(doctor, &finding, "nfsd is running");
        }
    } else {
        doctor_say(doctor, &finding, "nfsd is not running");
    }
}

/* Reports one line of its output. */
static void say_complaint(struct doctor *doctor, struct text complaint, bool is_alone) {
    struct doctor_finding finding = {DOCTOR_NOTE, "checkexports", NULL, 0, NULL, NULL};
    struct text message;

    if (doctor_voided_line(complaint, &message) || is_alone) {
        finding.level = DOCTOR_WRONG;
        finding.fix = "correct what it reports";
    }
    if (text_has_prefix(message, "sandbox_check failed"))
        finding.fix = "give nfsd Full Disk Access in System Preferences, Security & Privacy";
    if (is_for_root(message))
        finding.fix = "run doctor with sudo";
    doctor_say(doctor, &finding, "nfsd checkexports reports: %.*s", (int)complaint.len, complaint.at);
}

static void look_at_check(struct doctor *doctor) {
    struct doctor_finding finding = {DOCTOR_WRONG, "checkexports", NULL, 0, NULL, NULL};
    struct text rest = text_of(doctor->check.output);
    struct text complaint = doctor_complaint(&rest);
    bool is_line_named = strstr(doctor->check.output, "exports:") != NULL;

    for (int i = 0; i < COMPLAINTS_MAX && complaint.at; i++) {
        say_complaint(doctor, complaint, doctor->check.status && !is_line_named);
        complaint = doctor_complaint(&rest);
    }
    rest = text_of(doctor->check.output);
    if (doctor->check_error) {
        doctor_say(doctor, &finding, "nfsd checkexports fails (%s)", strerror(-doctor->check_error));
    } else if (doctor->check.status && !doctor_complaint(&rest).at) {
        finding.fix = "sudo nfsd checkexports";
        doctor_say(doctor, &finding, "nfsd checkexports fails with exit code %d", doctor->check.status);
    } else if (!doctor->check.status && !complaint.at) {
        finding.level = DOCTOR_OK;
        doctor_say(doctor, &finding, "nfsd checkexports reports no errors");
    }
}

void doctor_look_at_nfsd(struct doctor *doctor) {
    const struct doctor_finding finding = {.level = DOCTOR_NOTE, .check = "nfsd"};

    if (!*doctor->nfsd) {
        doctor_say(doctor, &finding, "nfsd is missing here, so it cannot be checked");
        return;
    }
    look_at_status(doctor);
    if (doctor->exports.text)
        look_at_check(doctor);
}
