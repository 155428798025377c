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
                                                    "take them out if it is not in use any more"},
                           "these lines are %s's", leftovers[i].tool);
    }
}

enum mac_folder doctor_folder(const struct doctor *doctor, const char *dir) {
    enum mac_folder folder = mac_folder(&doctor->mac, dir);
    size_t prefix = strlen(EXPORTS_DATA_VOLUME);

    if (folder == MAC_FOLDER_MISSING && doctor->is_split && strncmp(dir, EXPORTS_DATA_VOLUME "/", prefix + 1) == 0)
        return mac_folder(&doctor->mac, dir + prefix);
    return folder;
}

static void look_at_folders(struct doctor *doctor, const struct exports_mac *file, const struct exports_entry *entry) {
    for (size_t i = 0; i < entry->dir_count; i++) {
        const char *dir = file->words[entry->first_dir + i];
        enum mac_folder folder = doctor_folder(doctor, dir);

        if (folder == MAC_FOLDER_MISSING)
            doctor_say(doctor,
                       &(struct doctor_finding){DOCTOR_WRONG, "folder", doctor->exports.path, entry->line,
                                                "take it out of the line, or the line away"},
                       "the folder %s does not exist", dir);
        else if (folder == MAC_FOLDER_LINK)
            doctor_say(doctor,
                       &(struct doctor_finding){DOCTOR_WRONG, "folder", doctor->exports.path, entry->line,
                                                "name the folder that it leads to, such as /private/tmp for /tmp"},
                       "%s is or has a symbolic link, which nfsd does not export", dir);
    }
}

static const char *bad_host_text(const char *host) {
    size_t length = strlen(host);

    if (*host == '#')
        return "a comment is a whole line: what is behind # counts as hosts";
    if (length && host[length - 1] == '\r')
        return "the line ends in a carriage return, which belongs to the host's name";
    if (strchr(host, '('))
        return "options in brackets are Linux's way: nfsd takes them for a host";
    return "it can be no host and no address";
}

/* Lines that nfsd leaves out or takes in another sense. */
static void look_at_entry(struct doctor *doctor, const struct exports_mac *file, const struct exports_entry *entry) {
    struct doctor_finding finding = {DOCTOR_WRONG, "syntax", doctor->exports.path, entry->line, "correct the line"};

    if (entry->fault != EXPORTS_FINE && *entry->fault_word)
        doctor_say(doctor, &finding, "nfsd leaves this line out, as %s (%s)", exports_fault_text(entry->fault),
                   entry->fault_word);
    else if (entry->fault != EXPORTS_FINE && entry->bad_host)
        doctor_say(doctor, &finding, "nfsd leaves this line out, as %s (%s): %s", exports_fault_text(entry->fault),
                   entry->bad_host, bad_host_text(entry->bad_host));
    else if (entry->fault != EXPORTS_FINE)
        doctor_say(doctor, &finding, "nfsd leaves this line out, as %s", exports_fault_text(entry->fault));
    else if (entry->bad_host)
        doctor_say(doctor, &finding, "%s is no host, %s", entry->bad_host, bad_host_text(entry->bad_host));
    if (entry->unknown) {
        finding.level = DOCTOR_NOTE;
        finding.fix = NULL;
        doctor_say(doctor, &finding, "nfsd does not know -%s, and ignores it with the rest of its word",
                   entry->unknown);
    }
    if (entry->fault == EXPORTS_FINE)
        look_at_folders(doctor, file, entry);
}

static void look_at_conflicts(struct doctor *doctor, const struct exports_view *view) {
    static const char *const reasons[] = {
        [EXPORTS_NESTED] = "lie inside each other",
        [EXPORTS_TWICE] = "are for the same hosts with other options",
        [EXPORTS_TWO_DEFAULTS] = "are for every host with other options",
    };
    static const char *const fixes[] = {
        [EXPORTS_NESTED] = "take one of them away, or put both on one line",
        [EXPORTS_TWICE] = "take one of them away",
        [EXPORTS_TWO_DEFAULTS] = "take one of them away",
    };

    for (size_t i = 0; i < view->conflict_count; i++) {
        const struct exports_conflict *conflict = &view->conflicts[i];
        const struct exports_entry *entries = view->file->entries;
        const struct doctor_finding finding = {DOCTOR_WRONG, "conflict", doctor->exports.path,
                                               entries[conflict->entry].line, fixes[conflict->clash]};

        doctor_say(doctor, &finding, "%s and %s of line %u %s, so nfsd leaves this line out", conflict->dir,
                   conflict->other_dir, (unsigned int)entries[conflict->other].line, reasons[conflict->clash]);
    }
}

/* The exports that the image's mounts need, one by one. */

static void say_served(struct doctor *doctor, const struct exports_view *view, const char *path,
                       const struct exports_service *service) {
    const struct exports_entry *entry = &view->file->entries[service->entry];
    struct doctor_finding finding = {DOCTOR_OK, "export", doctor->exports.path, entry->line, NULL};
    struct doctor_flaw flaw;

    doctor_flaw(doctor, entry, &flaw);
    finding.level = flaw.level;
    finding.fix = *flaw.fix ? flaw.fix : NULL;
    if (flaw.level != DOCTOR_OK)
        doctor_say(doctor, &finding, "%s is exported, but %s", path, flaw.text);
    else
        doctor_say(doctor, &finding, "%s is exported to %s as %s", path,
                   service->is_everyone ? "every host" : "localhost", entry->mapall ? entry->mapall : entry->maproot);
    finding = (struct doctor_finding){DOCTOR_NOTE, "everyone", doctor->exports.path, entry->line,
                                      "put localhost at the end of the line"};
    if (service->is_everyone)
        doctor_say(doctor, &finding, "every host on the network may mount %s", service->dir);
}

/* The same path in other letters, such as /users: a frequent slip. */
static const struct exports_share *find_other_case(const struct exports_view *view, const char *path) {
    for (size_t i = 0; i < view->share_count; i++)
        if (strcasecmp(view->shares[i].dir, path) == 0)
            return &view->shares[i];
    return NULL;
}

/* What to do where the file has a line in the way, or where there is none. text has size bytes. */
static const char *remedy(const struct exports_view *view, const char *path, char *text, size_t size) {
    struct exports_conflict other;

    if (!exports_blocks(view, path, &other))
        return DOCTOR_FIX;
    snprintf(text, size, "change line %u, which is in its way, or take it away",
             (unsigned int)view->file->entries[other.entry].line);
    return text;
}

static void look_at_want(struct doctor *doctor, const struct exports_view *view, const char *path) {
    struct exports_service service = exports_serve(view, path);
    struct doctor_finding finding = {DOCTOR_WRONG, "export", doctor->exports.path, 0, NULL};
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

    if (!doctor->exports.text)
        doctor_say(doctor, &(struct doctor_finding){DOCTOR_WRONG, "exports", doctor->exports.path, 0, DOCTOR_FIX},
                   "there is no such file, and without it nfsd does not run");
    if (exports_mac_read(&file, text, doctor->exports.size) < 0)
        return say_error(SAY_SYSTEM, "read", doctor->exports.path, "no memory");
    for (size_t i = 0; i < file.count; i++)
        look_at_entry(doctor, &file, &file.entries[i]);
    if (exports_judge(&view, &file, doctor->is_split) < 0) {
        exports_view_free(&view);
        exports_mac_free(&file);
        return say_error(SAY_SYSTEM, "judge", doctor->exports.path, "no memory");
    }
    look_at_conflicts(doctor, &view);
    find_leftovers(doctor);
    look_at_wants(doctor, &view);
    exports_view_free(&view);
    exports_mac_free(&file);
    return SAY_DONE;
}
