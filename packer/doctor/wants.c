/* SPDX-License-Identifier: MIT */
/* Checks the export of each mount in the image's configuration. */
#include "doctor.h"

#include "../../agent/common/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Writes how nfsd serves the export, for scripts. */
static void put_facts(const struct exports_entry *entry, char *facts, size_t size) {
    struct text_out out = text_out(facts, size);

    text_putf(&out, "alldirs=%s readonly=%s mapping=%s as=%d", entry->options & EXPORTS_ALLDIRS ? "yes" : "no",
              entry->options & EXPORTS_RO ? "yes" : "no", entry->options & EXPORTS_MAPALL ? "mapall" : "maproot",
              (int)entry->cred.uid);
    for (size_t i = 0; i < entry->cred.group_count; i++)
        text_putf(&out, ":%d", (int)entry->cred.groups[i]);
}

/*
 * Since macOS 10.15 nfsd exports the name on the data volume. A guest that mounts the other name gets near-miss, which
 * shows the right one. If the whole volume is exported, the list of exports does not show it.
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
        doctor_say(doctor, &finding, "%s is exported only as part of %s, where its name is %s", mount->export,
                   service->dir, physical);
    else
        doctor_say(doctor, &finding, "since macOS 10.15 the name of %s is %s; use it if the verdict is near-miss",
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
        DOCTOR_NOTE, "everyone", doctor->exports.path, entry->line, "add localhost to the end of the line", NULL};
    if (service->is_everyone)
        doctor_say(doctor, &finding, "every host on the network may mount %s", service->dir);
}

/* Finds an export whose name differs only in case, such as /users: a frequent mistake. */
static const struct exports_share *find_other_case(const struct exports_view *view, const char *path) {
    for (uint32_t i = 0; i < view->table.share_count; i++)
        if (strcasecmp(view->table.shares[i].dir, path) == 0)
            return &view->table.shares[i];
    return NULL;
}

/* Returns the fix: to change a conflicting line, if there is one, or --fix. Uses text of size bytes. */
static const char *remedy(const struct exports_view *view, const char *path, char *text, size_t size) {
    struct exports_block block;

    if (!exports_blocks(view, path, &block))
        return DOCTOR_FIX;
    snprintf(text, size, "change or remove line %u, which conflicts with it",
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
                "%s is exported to ::1, and nfsd then ignores localhost; it does not serve 127.0.0.1, the source of "
                "Docker's requests",
                path);
        else
            doctor_say(doctor, &finding, "%s is not exported to localhost, the source of Docker's requests", path);
        break;
    case EXPORTS_NOT_ALLDIRS:
        finding.fix = "add -alldirs to the line";
        doctor_say(doctor, &finding, "%s lies in %s, which is exported without -alldirs", path, service.dir);
        break;
    case EXPORTS_MISSING:
        finding.fix = remedy(view, path, text, sizeof(text));
        if (near)
            doctor_say(doctor, &finding, "%s is not exported, but %s is; upper and lower case differ", path, near->dir);
        else
            doctor_say(doctor, &finding, "%s is not exported", path);
        break;
    }
}

/* An export does not include the volumes that are mounted inside it. */
static void look_at_volumes(struct doctor *doctor, const struct config_mount *mount) {
    const struct exports_world *world = &doctor->names.world;
    char volume[EXPORTS_VOLUME_BYTES];
    char fix[EXPORTS_VOLUME_BYTES + 32];
    const struct doctor_finding finding = {DOCTOR_NOTE, "volume", NULL, 0, fix, NULL};

    for (size_t i = 0; world->mounted(world->context, i, volume, sizeof(volume)); i++) {
        if (!exports_is_below(mount->export, volume))
            continue;
        snprintf(fix, sizeof(fix), "usermount-pack add --set mount=%s", volume);
        doctor_say(doctor, &finding, "the volume %s is not part of the export of %s; the VM sees an empty folder",
                   volume, mount->export);
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
