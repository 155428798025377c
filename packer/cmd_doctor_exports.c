/* SPDX-License-Identifier: MIT */
#include "cmd_doctor.h"
#include "say.h"

#include "../agent/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What other tools put around their lines: the first line of a block begins so. Each was read in the tool's source. */
static const struct leftover {
    const char *marker;
    const char *tool;
} leftovers[] = {
    {"# VAGRANT-BEGIN:", "Vagrant"},
    {"# docker-machine-nfs-begin", "docker-machine-nfs"},
    {"# d4m-nfs exports", "d4m-nfs"},
    {"## BEGIN - docker-nfs", "docker-nfs"},
};

static void find_leftovers(struct doctor *doctor) {
    const struct doctor_file *file = &doctor->exports;
    struct text rest = {file->text, file->size};

    for (uint32_t line = 1; rest.at; line++) {
        struct text at = text_cut(&rest, '\n');

        for (size_t i = 0; i < sizeof(leftovers) / sizeof(leftovers[0]); i++)
            if (text_has_prefix(at, leftovers[i].marker))
                doctor_say(doctor,
                           &(struct doctor_finding){DOCTOR_NOTE, "leftover", file->path, line,
                                                    "take them out if it is not in use any more", NULL},
                           "these lines are %s's", leftovers[i].tool);
    }
}

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
    const struct doctor_finding finding = {
        DOCTOR_WRONG,
        "conflict",
        doctor->exports.path,
        view->file->entries[index].line,
        verdict->fault == EXPORTS_NESTED ? "take one of them away, or put both on one line" : "take one of them away",
        NULL};

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
        finding.fix = "take it out of the line, or the line away";
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

    if (saying[verdict->fault])
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
    const char *host = unknown_host(view, entry);

    if (host)
        doctor_say(doctor, &finding, "%s is no host, %s", host, host_text(host));
    finding.check = "folder";
    if (verdict->offline)
        say_folder(doctor, view, index);
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

/* The exports that the image's mounts need, one by one. */

/* How it is served, for scripts. */
static void put_facts(const struct exports_entry *entry, char *facts, size_t size) {
    struct text_out out = text_out(facts, size);

    text_putf(&out, "alldirs=%s readonly=%s mapping=%s as=%d", entry->options & EXPORTS_ALLDIRS ? "yes" : "no",
              entry->options & EXPORTS_RO ? "yes" : "no", entry->options & EXPORTS_MAPALL ? "mapall" : "maproot",
              (int)entry->cred.uid);
    for (size_t i = 0; i < entry->cred.group_count; i++)
        text_putf(&out, ":%d", (int)entry->cred.groups[i]);
}

static void say_served(struct doctor *doctor, const struct exports_view *view, const char *path,
                       const struct exports_service *service) {
    const struct exports_entry *entry = &view->file->entries[service->entry];
    struct doctor_finding finding = {DOCTOR_OK, "export", doctor->exports.path, entry->line, NULL, NULL};
    struct doctor_flaw flaw;
    char facts[256];

    doctor_flaw(doctor, entry, &flaw);
    finding.level = flaw.level;
    finding.fix = *flaw.fix ? flaw.fix : NULL;
    put_facts(entry, facts, sizeof(facts));
    finding.facts = facts;
    if (flaw.level != DOCTOR_OK)
        doctor_say(doctor, &finding, "%s is exported, but %s", path, flaw.text);
    else
        doctor_say(doctor, &finding, "%s is exported to %s as %s", path,
                   service->is_everyone ? "every host" : "localhost", entry->mapping);
    finding = (struct doctor_finding){
        DOCTOR_NOTE, "everyone", doctor->exports.path, entry->line, "put localhost at the end of the line", NULL};
    if (service->is_everyone)
        doctor_say(doctor, &finding, "every host on the network may mount %s", service->dir);
}

/* The same path in other letters, such as /users: a frequent slip. */
static const struct exports_share *find_other_case(const struct exports_view *view, const char *path) {
    for (uint32_t i = 0; i < view->table.share_count; i++)
        if (strcasecmp(view->table.shares[i].dir, path) == 0)
            return &view->table.shares[i];
    return NULL;
}

/* What to do where the file has a line in the way, or where there is none. text has size bytes. */
static const char *remedy(const struct exports_view *view, const char *path, char *text, size_t size) {
    struct exports_block block;

    if (!exports_blocks(view, path, &block))
        return DOCTOR_FIX;
    snprintf(text, size, "change line %u, which is in its way, or take it away",
             (unsigned int)view->file->entries[block.entry].line);
    return text;
}

static void look_at_want(struct doctor *doctor, const struct exports_view *view, const char *path) {
    struct exports_service service = exports_serve(view, path);
    struct doctor_finding finding = {DOCTOR_WRONG, "export", doctor->exports.path, 0, NULL, NULL};
    const struct exports_share *near = find_other_case(view, path);
    char text[80];

    if (service.answer != EXPORTS_MISSING)
        finding.line = view->file->entries[service.entry].line;
    switch (service.answer) {
    case EXPORTS_SERVED:
        say_served(doctor, view, path, &service);
        break;
    case EXPORTS_OTHER_HOSTS:
        finding.fix = remedy(view, path, text, sizeof(text));
        doctor_say(doctor, &finding, "%s is not exported to localhost, from where Docker's VM asks", path);
        break;
    case EXPORTS_NOT_ALLDIRS:
        finding.fix = "add -alldirs to the line";
        doctor_say(doctor, &finding, "%s lies in %s, which is exported without -alldirs", path, service.dir);
        break;
    case EXPORTS_MISSING:
        finding.fix = remedy(view, path, text, sizeof(text));
        if (near)
            doctor_say(doctor, &finding, "%s is not exported, only %s, in other letters", path, near->dir);
        else
            doctor_say(doctor, &finding, "%s is not exported", path);
        break;
    }
}

static void look_at_wants(struct doctor *doctor, const struct exports_view *view) {
    const struct doctor_finding finding = {.level = DOCTOR_NOTE, .check = "export"};

    for (uint32_t i = 0; i < doctor->config->mount_count; i++) {
        const struct config_mount *mount = &doctor->config->mounts[i];

        if (doctor_is_ours(mount))
            look_at_want(doctor, view, mount->export);
        else
            doctor_say(doctor, &finding, "%s comes from %s, not from this Mac", mount->target, mount->server);
    }
}

int doctor_look_at_exports(struct doctor *doctor) {
    const char *text = doctor->exports.text ? doctor->exports.text : "";
    struct exports_mac file;
    struct exports_view view;
    int rc;

    if (!doctor->exports.text)
        doctor_say(doctor, &(struct doctor_finding){DOCTOR_WRONG, "exports", doctor->exports.path, 0, DOCTOR_FIX, NULL},
                   "there is no such file, and without it nfsd does not run");
    rc = doctor_judge(doctor, text, doctor->exports.size, true, &file, &view);
    for (size_t i = 0; rc == 0 && i < file.count; i++)
        look_at_entry(doctor, &view, i);
    if (rc == 0) {
        find_leftovers(doctor);
        look_at_wants(doctor, &view);
    }
    exports_view_free(&view);
    exports_mac_free(&file);
    return rc < 0 ? say_error(SAY_SYSTEM, "judge", doctor->exports.path, "no memory") : SAY_DONE;
}
