/* SPDX-License-Identifier: MIT */
#include "doctor.h"
#include "../output/say.h"

#include "../../agent/common/text.h"

#include <stdio.h>
#include <string.h>

enum exports_folder doctor_folder(const struct doctor *doctor, const char *dir) {
    return doctor->names.world.folder(doctor->names.world.context, dir);
}

/* Returns why a word is not a known host. */
static const char *host_text(const char *host) {
    size_t length = strlen(host);

    if (*host == '#')
        return "a comment must be a line of its own; nfsd reads the words after # as hosts";
    if (length && host[length - 1] == '\r')
        return "the line ends in a carriage return, which nfsd reads as part of the host's name";
    if (strchr(host, '('))
        return "options in brackets are for Linux; nfsd reads them as a host";
    if (strchr(host, '/'))
        return "nfsd does not accept 10.0.0.0/8; write -network 10.0.0.0 -mask 255.0.0.0";
    return "this Mac cannot resolve that name";
}

static const char *unknown_host(const struct exports_view *view, const struct exports_entry *entry) {
    for (size_t i = 0; i < entry->host_count; i++)
        if (!exports_groups_know(&view->table.groups, view->file->words[entry->first_host + i]))
            return view->file->words[entry->first_host + i];
    return NULL;
}

/* Reports a conflict of two lines. */
static void say_conflict(struct doctor *doctor, const struct exports_view *view, size_t index) {
    static const char *const reasons[EXPORTS_FAULTS] = {
        [EXPORTS_NESTED] = "are nested",
        [EXPORTS_TWICE] = "have different options for the same host",
        [EXPORTS_TWO_DEFAULTS] = "have different options for every host",
    };
    const struct exports_verdict *verdict = &view->table.verdicts[index];
    uint32_t line = view->file->entries[index].line;
    struct doctor_finding finding = {DOCTOR_WRONG, "conflict", doctor->exports.path, line, "remove one of them", NULL};

    if (verdict->fault == EXPORTS_NESTED)
        finding.fix = "put both on one line, or remove this one";
    doctor_say(doctor, &finding, "%s and %s of line %u %s, so nfsd ignores this line", verdict->word,
               verdict->other_dir, (unsigned int)view->file->entries[verdict->other].line, reasons[verdict->fault]);
}

/* Reports a fault of a folder. */
static void say_folder(struct doctor *doctor, const struct exports_view *view, size_t index) {
    const struct exports_verdict *verdict = &view->table.verdicts[index];
    struct doctor_finding finding = {DOCTOR_WRONG, "folder", doctor->exports.path, view->file->entries[index].line,
                                     NULL,         NULL};
    enum exports_fault fault = verdict->offline ? verdict->offline : verdict->fault;
    const char *so = verdict->offline ? "so clients that mount it wait for ever" : "so nfsd ignores this line";

    if (fault == EXPORTS_NOT_FOLDER) {
        finding.fix = "create it, connect its disk, or remove it from the line";
        doctor_say(doctor, &finding, "the folder %s does not exist, %s", verdict->word, so);
    } else if (fault == EXPORTS_LINK) {
        finding.fix = "write the path without links, such as /private/tmp for /tmp";
        doctor_say(doctor, &finding, "%s contains a symbolic link, %s", verdict->word, so);
    } else {
        finding.check = "volume";
        finding.fix = fault == EXPORTS_OTHER_VOLUME ? "put it on a line of its own" : "remove the option from the line";
        doctor_say(doctor, &finding, "%s (%s), %s", exports_fault_text(fault), verdict->word, so);
    }
}

/* The faults that a name with a blank and without quotes can cause. */
static bool is_spaced(enum exports_fault fault) {
    return fault == EXPORTS_NOT_FOLDER || fault == EXPORTS_NO_HOST || fault == EXPORTS_LATE_DIRECTORY ||
           fault == EXPORTS_LINK;
}

static void say_left_out(struct doctor *doctor, const struct exports_view *view, size_t index) {
    static void (*const saying[EXPORTS_FAULTS])(struct doctor *, const struct exports_view *, size_t) = {
        [EXPORTS_NESTED] = say_conflict,     [EXPORTS_TWICE] = say_conflict,      [EXPORTS_TWO_DEFAULTS] = say_conflict,
        [EXPORTS_NOT_FOLDER] = say_folder,   [EXPORTS_LINK] = say_folder,         [EXPORTS_OTHER_VOLUME] = say_folder,
        [EXPORTS_OTHER_FSPATH] = say_folder, [EXPORTS_OTHER_FSUUID] = say_folder,
    };
    const struct exports_entry *entry = &view->file->entries[index];
    const struct exports_verdict *verdict = &view->table.verdicts[index];
    const struct doctor_finding finding = {DOCTOR_WRONG, "syntax",           doctor->exports.path,
                                           entry->line,  "correct the line", NULL};
    const char *reason = exports_fault_text(verdict->fault);
    char quoted[2 * EXPORTS_PATH_MAX + 3];
    char fix[sizeof(quoted) + 16];

    if (is_spaced(verdict->offline ? verdict->offline : verdict->fault) &&
        doctor_spaced_path(doctor, entry->line, quoted, sizeof(quoted))) {
        snprintf(fix, sizeof(fix), "write it as %s", quoted);
        doctor_say(doctor,
                   &(struct doctor_finding){DOCTOR_WRONG, "quotes", doctor->exports.path, entry->line, fix, NULL},
                   "nfsd does not serve this line, because a name with a blank needs quotes");
        return;
    }
    if (verdict->offline)
        say_folder(doctor, view, index);
    else if (saying[verdict->fault])
        saying[verdict->fault](doctor, view, index);
    else if (verdict->fault == EXPORTS_NO_HOST)
        doctor_say(doctor, &finding, "nfsd ignores this line: %s (%s): %s", reason, verdict->word,
                   host_text(verdict->word));
    else if (*verdict->word)
        doctor_say(doctor, &finding, "nfsd ignores this line: %s (%s)", reason, verdict->word);
    else
        doctor_say(doctor, &finding, "nfsd ignores this line: %s", reason);
}

/* Reports the parts without effect of a line that nfsd accepts. */
static void say_taken(struct doctor *doctor, const struct exports_view *view, size_t index) {
    const struct exports_entry *entry = &view->file->entries[index];
    const struct exports_verdict *verdict = &view->table.verdicts[index];
    struct doctor_finding finding = {DOCTOR_NOTE, "syntax", doctor->exports.path, entry->line, NULL, NULL};
    const char *host = verdict->offline ? NULL : unknown_host(view, entry);

    if (host)
        doctor_say(doctor, &finding, "%s is not a host: %s", host, host_text(host));
    finding.check = "folder";
    if (verdict->offline)
        say_left_out(doctor, view, index);
    if (verdict->hidden_dir)
        doctor_say(doctor, &finding, "the options of line %u apply to %s",
                   (unsigned int)view->file->entries[verdict->other].line, verdict->hidden_dir);
    for (size_t i = 0; i < entry->dir_count && !verdict->offline; i++) {
        const char *dir = view->file->words[entry->first_dir + i];

        if (doctor_folder(doctor, dir) != EXPORTS_FOLDER)
            doctor_say(doctor, &finding, "the folder %s does not exist", dir);
    }
}

static void look_at_entry(struct doctor *doctor, const struct exports_view *view, size_t index) {
    const struct exports_entry *entry = &view->file->entries[index];
    const struct doctor_finding finding = {DOCTOR_NOTE, "syntax", doctor->exports.path, entry->line, NULL, NULL};

    if (view->table.verdicts[index].fault != EXPORTS_FINE)
        say_left_out(doctor, view, index);
    if (entry->unknown)
        doctor_say(doctor, &finding, "nfsd does not know -%s, and ignores it and the rest of its word", entry->unknown);
    if (view->table.verdicts[index].fault == EXPORTS_FINE)
        say_taken(doctor, view, index);
}

static void look_at_file(struct doctor *doctor) {
    struct doctor_finding finding = {DOCTOR_NOTE, "link", doctor->exports.path, 0, NULL, NULL};
    char target[MAC_PATH_BYTES];

    if (!doctor->exports.text) {
        finding = (struct doctor_finding){DOCTOR_WRONG, "exports", doctor->exports.path, 0, DOCTOR_FIX, NULL};
        doctor_say(doctor, &finding, "the file is missing, and nfsd does not run without it");
        return;
    }
    if (mac_link(&doctor->mac, doctor->exports.path, target))
        doctor_say(doctor, &finding, "it is a symbolic link to %s", target);
    finding.check = "locked";
    finding.fix = "sudo chflags nouchg,noschg " DOCTOR_EXPORTS;
    if (mac_is_immutable(&doctor->mac, doctor->exports.path))
        doctor_say(doctor, &finding, "the file is locked: nobody can change it");
}

int doctor_look_at_exports(struct doctor *doctor) {
    const char *text = doctor->exports.text ? doctor->exports.text : "";
    struct exports_mac file;
    struct exports_view view;
    int rc;

    look_at_file(doctor);
    rc = doctor_judge(doctor, text, doctor->exports.size, true, &file, &view);
    for (size_t i = 0; rc == 0 && i < file.count; i++)
        look_at_entry(doctor, &view, i);
    if (rc == 0) {
        doctor_look_at_lines(doctor);
        doctor_look_at_wants(doctor, &view);
    }
    exports_view_free(&view);
    exports_mac_free(&file);
    return rc < 0 ? say_error(SAY_SYSTEM, "check", doctor->exports.path, "out of memory") : SAY_DONE;
}
