/* SPDX-License-Identifier: MIT */
#include "doctor.h"
#include "../exports/address.h"
#include "nfsconf.h"

#include "../../agent/common/text.h"

#include <stdio.h>
#include <string.h>

/* The default of mount.require_resv_port is 1. Those of the others are right (config_defaults of nfsd/main.c). */
const struct doctor_setting doctor_settings[] = {
    {"nfs.server.mount.require_resv_port", "nfs.server.mount.require_resv_port = 0\n", true, 0,
     "mountd refuses Docker's VM, whose requests come from ports above 1023"},
    {"nfs.server.require_resv_port", "nfs.server.require_resv_port = 0\n", false, 0,
     "nfsd refuses Docker's VM, whose requests come from ports above 1023"},
    {"nfs.server.tcp", "nfs.server.tcp = 1\n", false, 1, "nfsd serves only UDP, which Docker's network drops"},
};
const size_t doctor_setting_count = sizeof(doctor_settings) / sizeof(doctor_settings[0]);

bool doctor_setting_is_right(const struct doctor_setting *setting, const char *text, size_t size, uint32_t *line) {
    struct nfsconf_value value = nfsconf_get(text, size, setting->key);

    *line = value.line;
    if (!value.is_set)
        return !setting->is_wrong_missing;
    return (value.number != 0) == (setting->wanted != 0);
}

static void look_at_settings(struct doctor *doctor) {
    const struct doctor_file *file = &doctor->nfsconf;
    const char *text = file->text ? file->text : "";

    for (size_t i = 0; i < doctor_setting_count; i++) {
        const struct doctor_setting *setting = &doctor_settings[i];
        char cure[192];
        struct doctor_finding finding = {DOCTOR_WRONG, "nfs-conf", file->path, 0, cure, NULL};
        bool is_right = doctor_setting_is_right(setting, text, file->size, &finding.line);

        snprintf(cure, sizeof(cure), DOCTOR_FIX ", or set %s = %d there and run sudo nfsd update", setting->key,
                 (int)setting->wanted);
        if (!is_right) {
            doctor_say(doctor, &finding, "%s is not %d, so %s", setting->key, (int)setting->wanted, setting->why);
        } else if (finding.line) {
            finding.level = DOCTOR_OK;
            finding.fix = NULL;
            doctor_say(doctor, &finding, "%s = %d", setting->key, (int)setting->wanted);
        }
    }
}

static void look_at_macos(struct doctor *doctor) {
    struct doctor_finding finding = {DOCTOR_NOTE, "macos", NULL, 0, NULL, NULL};

    if (!*doctor->macos) {
        doctor_say(doctor, &finding, "the version of macOS is unknown");
        return;
    }
    finding.level = DOCTOR_OK;
    doctor_say(doctor, &finding, "macOS %s", doctor->macos);
    finding = (struct doctor_finding){DOCTOR_NOTE, "apfs", NULL, 0, "update to macOS 10.13.2 or later", NULL};
    if (strcmp(doctor->macos, "10.13") == 0 || strcmp(doctor->macos, "10.13.0") == 0 ||
        strcmp(doctor->macos, "10.13.1") == 0)
        doctor_say(doctor, &finding, "in this macOS, NFS from an APFS volume omits files or lists them twice");
}

/* nfsd resolves the hosts in the exports with the system's resolver. */
static void look_at_hosts(struct doctor *doctor) {
    const struct exports_world *world = &doctor->names.world;
    const struct doctor_finding finding = {DOCTOR_WRONG, "hosts", "/etc/hosts", 0, "add the line 127.0.0.1 localhost",
                                           NULL};
    struct exports_address addresses[EXPORTS_ADDRESSES_MAX];
    size_t count = world->host(world->context, "localhost", addresses, EXPORTS_ADDRESSES_MAX);
    bool is_there = false;

    for (size_t i = 0; i < count; i++)
        is_there |= exports_same_address(&addresses[i], &exports_loopback);
    if (!is_there)
        doctor_say(doctor, &finding, "localhost is not 127.0.0.1, so an export to localhost does not serve Docker");
}

void doctor_look_at_system(struct doctor *doctor) {
    look_at_macos(doctor);
    look_at_hosts(doctor);
    look_at_settings(doctor);
    doctor_look_at_nfsd(doctor);
}
