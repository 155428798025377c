/* SPDX-License-Identifier: MIT */
#include "cmd_doctor.h"
#include "nfsconf.h"
#include "say.h"

#include "../agent/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* mount.require_resv_port is 1 where nothing is said, the others are right then (nfsd/main.c, config_defaults). */
const struct doctor_setting doctor_settings[] = {
    {"nfs.server.mount.require_resv_port", "nfs.server.mount.require_resv_port = 0\n", true, 0,
     "mountd refuses Docker's VM, whose requests come from a port over 1023"},
    {"nfs.server.require_resv_port", "nfs.server.require_resv_port = 0\n", false, 0,
     "nfsd refuses Docker's VM, whose requests come from a port over 1023"},
    {"nfs.server.tcp", "nfs.server.tcp = 1\n", false, 1, "nfsd serves UDP alone, which Docker's network drops"},
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
        struct doctor_finding finding = {DOCTOR_WRONG, "nfs-conf", file->path, 0, DOCTOR_FIX, NULL};
        bool is_right = doctor_setting_is_right(setting, text, file->size, &finding.line);

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
        doctor_say(doctor, &finding, "the version of macOS is not known");
        return;
    }
    finding.level = DOCTOR_OK;
    doctor_say(doctor, &finding, "macOS %s", doctor->macos);
    for (uint32_t i = 0; doctor->names.world.is_split && i < doctor->config->mount_count; i++) {
        const struct config_mount *mount = &doctor->config->mounts[i];
        char physical[CONFIG_PATH_SIZE + sizeof(EXPORTS_DATA_VOLUME)];

        if (!doctor_is_ours(mount) || !exports_physical(mount->export, physical, sizeof(physical)) ||
            strcmp(physical, mount->export) == 0)
            continue;
        finding = (struct doctor_finding){DOCTOR_NOTE, "data-volume", NULL, 0, NULL, NULL};
        doctor_say(doctor, &finding, "since 10.15 %s is %s: if the verdict is near-miss, add --set mount=%s:%s",
                   mount->export, physical, physical, mount->target);
    }
}

void doctor_look_at_system(struct doctor *doctor) {
    look_at_macos(doctor);
    look_at_settings(doctor);
    doctor_look_at_nfsd(doctor);
}
