/* SPDX-License-Identifier: MIT */
/* The exports that the image's mounts need, one by one. */
#include "doctor.h"

#include "../../agent/common/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* How it is served, for scripts. */
static void put_facts(const struct exports_entry *entry, char *facts, size_t size) {
    struct text_out out = text_out(facts, size);

    text_putf(&out, "alldirs=%s readonly=%s mapping=%s as=%d", entry->options & EXPORTS_ALLDIRS ? "yes" : "no",
              entry->options & EXPORTS_RO ? "yes" : "no", entry->options & EXPORTS_MAPALL ? "mapall" : "maproot",
              (int)entry->cred.uid);
    for (size_t i = 0; i < entry->cred.group_count; i++)
        text_putf(&out, ":%d", (int)entry->cred.groups[i]);
}

/*
 * Since macOS 10.15 the exported name is the one on the data volume. A mount that names the other is told so when it
 * fails; where the whole volume is exported, its own name is in no list.
 */
static void say_place(struct doctor *doctor, const struct config_mount *mount, const struct exports_service *service) {
    char physical[CONFIG_PATH_SIZE + sizeof(EXPORTS_DATA_VOLUME)];
    char fix[2 * sizeof(physical) + 64];
    struct doctor_finding finding = {DOCTOR_NOTE, "data-volume", NULL, 0, fix, NULL};

    if (!doctor->names.world.is_split || !exports_physical(mount->export, physical, sizeof(physical)) ||
        strcmp(physical, mount->export) == 0)
        return;
    snprintf(fix, sizeof(fix), "usermount-pack add --set mount=%s:%s", physical, mount->target);
    if (service->answer == EXPORTS_SERVED && strcmp(service->dir, EXPORTS_DATA_VOLUME) == 0)
        doctor_say(doctor, &finding, "%s is exported as a part of %s alone, where its name is %s", mount->export,
                   service->dir, physical);
    else
        doctor_say(doctor, &finding, "since macOS 10.15 the name of %s is %s; if the verdict is near-miss, mount that",
                   mount->export, physical);
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
    static const struct exports_address six = {6, {[15] = 1}};
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
        if (exports_serve_to(view, path, &six).answer == EXPORTS_SERVED)
            doctor_say(
                doctor, &finding,
                "%s is exported to ::1, beside which nfsd drops localhost: 127.0.0.1, from where Docker's VM asks, "
                "is not served",
                path);
        else
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

/* A volume that is mounted inside what is exported is not in the export: nfsd keeps to one volume. */
static void look_at_volumes(struct doctor *doctor, const struct config_mount *mount) {
    const struct exports_world *world = &doctor->names.world;
    char volume[EXPORTS_VOLUME_BYTES];
    char fix[EXPORTS_VOLUME_BYTES + 32];
    const struct doctor_finding finding = {DOCTOR_NOTE, "volume", NULL, 0, fix, NULL};

    for (size_t i = 0; world->mounted(world->context, i, volume, sizeof(volume)); i++) {
        if (!exports_is_below(mount->export, volume))
            continue;
        snprintf(fix, sizeof(fix), "usermount-pack add --set mount=%s", volume);
        doctor_say(doctor, &finding, "the volume %s is not in the export of %s: the VM sees an empty folder", volume,
                   mount->export);
    }
}

void doctor_look_at_wants(struct doctor *doctor, const struct exports_view *view) {
    const struct doctor_finding finding = {.level = DOCTOR_NOTE, .check = "export"};

    for (uint32_t i = 0; i < doctor->config->mount_count; i++) {
        const struct config_mount *mount = &doctor->config->mounts[i];

        if (doctor_is_ours(mount)) {
            struct exports_service service = exports_serve(view, mount->export);

            look_at_want(doctor, view, mount->export);
            say_place(doctor, mount, &service);
            look_at_volumes(doctor, mount);
        } else {
            doctor_say(doctor, &finding, "%s comes from %s, not from this Mac", mount->target, mount->server);
        }
    }
}
