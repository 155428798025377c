/* SPDX-License-Identifier: MIT */
#include "doctor.h"
#include "../output/say.h"

#include "../../agent/common/text.h"

#include <stdio.h>
#include <string.h>

enum exports_folder doctor_folder(const struct doctor *doctor, const char *dir) {
    return doctor->names.world.folder(doctor->names.world.context, dir);
}

/* Why a word is no host that is known. */
static const char *host_text(const char *host) {
    size_t length = strlen(host);

    if (*host == '#')
        return "a comment is a whole line: what is behind # counts as hosts";
    if (length && host[length - 1] == '\r')
        return "the line ends in a carriage return, which belongs to the host's name";
    if (strchr(host, '('))
        return "options in brackets are Linux's way: nfsd takes them for a host";
    if (strchr(host, '/'))
        return "nfsd takes no 10.0.0.0/8: a network is -network 10.0.0.0 -mask 255.0.0.0";
    return "this Mac knows no host of that name";
}

static const char *unknown_host(const struct exports_view *view, const struct exports_entry *entry) {
    for (size_t i = 0; i < entry->host_count; i++)
        if (!exports_groups_know(&view->table.groups, view->file->words[entry->first_host + i]))
            return view->file->words[entry->first_host + i];
    return NULL;
}

/* What is about two lines. */
static void say_conflict(struct doctor *doctor, const struct exports_view *view, size_t index) {
    static const char *const reasons[EXPORTS_FAULTS] = {
        [EXPORTS_NESTED] = "lie inside each other",
        [EXPORTS_TWICE] = "are for the same hosts with other options",
        [EXPORTS_TWO_DEFAULTS] = "are for every host with other options",
    };
    const struct exports_verdict *verdict = &view->table.verdicts[index];
    uint32_t line = view->file->entries[index].line;
    struct doctor_finding finding = {DOCTOR_WRONG, "conflict", doctor->exports.path, line, "take one of them away",
                                     NULL};

    if (verdict->fault == EXPORTS_NESTED)
        finding.fix = "put both on one line, or take this one away";
    doctor_say(doctor, &finding, "%s and %s of line %u %s, so nfsd leaves this line out", verdict->word,
               verdict->other_dir, (unsigned int)view->file->entries[verdict->other].line, reasons[verdict->fault]);
}

/* What is about a folder. */
static void say_folder(struct doctor *doctor, const struct exports_view *view, size_t index) {
    const struct exports_verdict *verdict = &view->table.verdicts[index];
    struct doctor_finding finding = {DOCTOR_WRONG, "folder", doctor->exports.path, view->file->entries[index].line,
                                     NULL,         NULL};
    enum exports_fault fault = verdict->offline ? verdict->offline : verdict->fault;
    const char *so = verdict->offline ? "so who mounts it waits for ever" : "so nfsd leaves this line out";

    if (fault == EXPORTS_NOT_FOLDER) {
        finding.fix = "make it or connect its disk, or take it out of the line";
        doctor_say(doctor, &finding, "the folder %s does not exist, %s", verdict->word, so);
    } else if (fault == EXPORTS_LINK) {
        finding.fix = "name the folder that it leads to, such as /private/tmp for /tmp";
        doctor_say(doctor, &finding, "%s is or has a symbolic link, %s", verdict->word, so);
    } else {
        finding.check = "volume";
        finding.fix = fault == EXPORTS_OTHER_VOLUME ? "put it on a line of its own" : "take the option out of the line";
        doctor_say(doctor, &finding, "%s (%s), %s", exports_fault_text(fault), verdict->word, so);
    }
}

/* What a blank in a name that is not quoted can come to. */
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
                   "this line serves nobody, as a name with a blank in it needs quotes");
        return;
    }
    if (verdict->offline)
        say_folder(doctor, view, index);
    else if (saying[verdict->fault])
        saying[verdict->fault](doctor, view, index);
    else if (verdict->fault == EXPORTS_NO_HOST)
        doctor_say(doctor, &finding, "nfsd leaves this line out, as %s (%s): %s", reason, verdict->word,
                   host_text(verdict->word));
    else if (*verdict->word)
        doctor_say(doctor, &finding, "nfsd leaves this line out, as %s (%s)", reason, verdict->word);
    else
        doctor_say(doctor, &finding, "nfsd leaves this line out, as %s", reason);
}

/* What a line that nfsd takes says to no effect. */
static void say_taken(struct doctor *doctor, const struct exports_view *view, size_t index) {
    const struct exports_entry *entry = &view->file->entries[index];
    const struct exports_verdict *verdict = &view->table.verdicts[index];
    struct doctor_finding finding = {DOCTOR_NOTE, "syntax", doctor->exports.path, entry->line, NULL, NULL};
    const char *host = verdict->offline ? NULL : unknown_host(view, entry);

    if (host)
        doctor_say(doctor, &finding, "%s is no host, %s", host, host_text(host));
    finding.check = "folder";
    if (verdict->offline)
        say_left_out(doctor, view, index);
    if (verdict->hidden_dir)
        doctor_say(doctor, &finding, "for %s the options of line %u count", verdict->hidden_dir,
                   (unsigned int)view->file->entries[verdict->other].line);
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
        doctor_say(doctor, &finding, "nfsd does not know -%s, and ignores it with the rest of its word",
                   entry->unknown);
    if (view->table.verdicts[index].fault == EXPORTS_FINE)
        say_taken(doctor, view, index);
}

static void look_at_file(struct doctor *doctor) {
    struct doctor_finding finding = {DOCTOR_NOTE, "link", doctor->exports.path, 0, NULL, NULL};
    char target[MAC_PATH_BYTES];

    if (!doctor->exports.text) {
        finding = (struct doctor_finding){DOCTOR_WRONG, "exports", doctor->exports.path, 0, DOCTOR_FIX, NULL};
        doctor_say(doctor, &finding, "there is no such file, and without it nfsd does not run");
        return;
    }
    if (mac_link(&doctor->mac, doctor->exports.path, target))
        doctor_say(doctor, &finding, "it is a symbolic link to %s", target);
    finding.check = "locked";
    finding.fix = "sudo chflags nouchg,noschg " DOCTOR_EXPORTS;
    if (mac_is_immutable(&doctor->mac, doctor->exports.path))
        doctor_say(doctor, &finding, "it is locked against every change");
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
    return rc < 0 ? say_error(SAY_SYSTEM, "judge", doctor->exports.path, "no memory") : SAY_DONE;
}
